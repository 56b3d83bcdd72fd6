import { route } from '@/lib/http/route';
import { testChannelSchema, testedSchema } from '@/lib/notifications/model';
import { testChannel } from '@/lib/notifications/test-channel';

export const POST = route({
  name: 'testNotificationChannel',
  summary: 'Sends one real message with stored or given settings and says what the receiver answered',
  permission: 'notification.manage',
  body: testChannelSchema,
  response: testedSchema,
  handle: ({ ctx, body }) => testChannel(ctx, body),
});
