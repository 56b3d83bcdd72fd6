import { route } from '@/lib/http/route';
import { doneSchema, refSchema, updateRouteSchema } from '@/lib/notifications/model';
import { removeRoute } from '@/lib/notifications/remove-route';
import { updateRoute } from '@/lib/notifications/update-route';

export const PATCH = route({
  name: 'updateNotificationRoute',
  summary: 'Changes what a channel is told of, how soon, or rests it',
  permission: 'notification.manage',
  params: refSchema,
  body: updateRouteSchema.omit({ id: true }),
  response: doneSchema,
  handle: async ({ ctx, params, body }) => {
    await updateRoute(ctx, { ...body, id: params.id });
    return { ok: true };
  },
});

export const DELETE = route({
  name: 'removeNotificationRoute',
  summary: 'A channel is no longer told of this',
  permission: 'notification.manage',
  params: refSchema,
  response: doneSchema,
  handle: async ({ ctx, params }) => {
    await removeRoute(ctx, params);
    return { ok: true };
  },
});
