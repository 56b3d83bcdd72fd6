import { pageSchema } from '@/lib/http/model';
import { route } from '@/lib/http/route';
import { createChannel } from '@/lib/notifications/create-channel';
import { listChannels } from '@/lib/notifications/list-channels';
import { channelRowSchema, createChannelSchema, createdChannelSchema } from '@/lib/notifications/model';

export const GET = route({
  name: 'listNotificationChannels',
  summary: 'Channels with their routes, how their receivers answered last, and what waits for them',
  permission: 'console.read',
  response: pageSchema(channelRowSchema),
  handle: ({ ctx }) => listChannels(ctx),
});

export const POST = route({
  name: 'createNotificationChannel',
  summary: 'Adds a channel; a signing secret that Braid makes is answered once',
  permission: 'notification.manage',
  body: createChannelSchema,
  response: createdChannelSchema,
  status: 201,
  handle: ({ ctx, body }) => createChannel(ctx, body),
});
