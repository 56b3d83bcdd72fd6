import { route } from '@/lib/http/route';
import { doneSchema, sendAgainSchema } from '@/lib/notifications/model';
import { sendAgain } from '@/lib/notifications/send-again';

export const POST = route({
  name: 'sendNotificationAgain',
  summary: 'Sends a message now, under the id it had',
  permission: 'notification.manage',
  params: sendAgainSchema,
  response: doneSchema,
  status: 202,
  handle: async ({ ctx, params }) => {
    await sendAgain(ctx, params);
    return { ok: true };
  },
});
