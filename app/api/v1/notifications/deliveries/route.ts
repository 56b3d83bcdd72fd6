import { pageSchema } from '@/lib/http/model';
import { route } from '@/lib/http/route';
import { listDeliveries } from '@/lib/notifications/list-deliveries';
import { deliveryRowSchema, listDeliveriesSchema } from '@/lib/notifications/model';

export const GET = route({
  name: 'listNotificationDeliveries',
  summary: 'Every message with its tries and what its receiver last said, newest first',
  permission: 'console.read',
  query: listDeliveriesSchema,
  response: pageSchema(deliveryRowSchema),
  handle: ({ ctx, query }) => listDeliveries(ctx, query),
});
