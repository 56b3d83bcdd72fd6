import { route } from '@/lib/http/route';
import { refSchema } from '@/lib/responses/model';
import { reasonBodySchema } from '@/lib/responses/rest-model';
import { undo } from '@/lib/responses/undo';
import { bulkResultSchema } from '@/lib/revocations/bulk-model';

export const POST = route({
  name: 'undoResponse',
  summary: 'Resumes or restores what an act paused or revoked, within its time',
  permission: 'console.read', // the verb asks for what giving it back needs
  params: refSchema,
  body: reasonBodySchema,
  response: bulkResultSchema,
  status: 202,
  handle: ({ ctx, params, body }) => undo(ctx, { id: params.id, ...body }),
});
