import { route } from '@/lib/http/route';
import {
  channelDetailSchema,
  doneSchema,
  refSchema,
  removeChannelSchema,
  updateChannelSchema,
} from '@/lib/notifications/model';
import { removeChannel } from '@/lib/notifications/remove-channel';
import { showChannel } from '@/lib/notifications/show-channel';
import { updateChannel } from '@/lib/notifications/update-channel';

export const GET = route({
  name: 'getNotificationChannel',
  summary: 'One channel with its settings; of secrets only which there are',
  permission: 'notification.manage',
  params: refSchema,
  response: channelDetailSchema,
  handle: ({ ctx, params }) => showChannel(ctx, params),
});

export const PATCH = route({
  name: 'updateNotificationChannel',
  summary: 'Renames, re-points, enables or disables a channel',
  permission: 'notification.manage',
  params: refSchema,
  body: updateChannelSchema.omit({ id: true }),
  response: doneSchema,
  handle: async ({ ctx, params, body }) => {
    await updateChannel(ctx, { ...body, id: params.id });
    return { ok: true };
  },
});

export const DELETE = route({
  name: 'removeNotificationChannel',
  summary: 'Forgets a channel, its routes and its messages',
  permission: 'notification.manage',
  params: refSchema,
  query: removeChannelSchema.omit({ id: true }),
  response: doneSchema,
  handle: async ({ ctx, params, query }) => {
    await removeChannel(ctx, { ...query, id: params.id });
    return { ok: true };
  },
});
