import { route } from '@/lib/http/route';
import { createRoute } from '@/lib/notifications/create-route';
import { createRouteSchema, refSchema } from '@/lib/notifications/model';

export const POST = route({
  name: 'createNotificationRoute',
  summary: 'Adds what a channel is told of, and how soon',
  permission: 'notification.manage',
  body: createRouteSchema,
  response: refSchema,
  status: 201,
  handle: ({ ctx, body }) => createRoute(ctx, body),
});
