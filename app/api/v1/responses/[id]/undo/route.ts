import { route } from '@/lib/http/route';
import { refSchema, undoneSchema } from '@/lib/responses/model';
import { reasonBodySchema } from '@/lib/responses/rest-model';
import { undo } from '@/lib/responses/undo';

export const POST = route({
  name: 'undoResponse',
  summary:
    'Resumes or restores what an act paused or revoked, or puts the policy set it put in force back into shadow, within its time',
  permission: 'console.read', // the verb asks for what giving it back needs
  params: refSchema,
  body: reasonBodySchema,
  response: undoneSchema,
  status: 202,
  handle: ({ ctx, params, body }) => undo(ctx, { id: params.id, ...body }),
});
