import { route } from '@/lib/http/route';
import { addNote } from '@/lib/identities/add-note';
import { identityIdSchema, identityNoteInputSchema } from '@/lib/identities/model';

export const POST = route({
  name: 'addIdentityNote',
  summary: 'Adds a note to an identity.',
  permission: 'note.write',
  params: identityIdSchema,
  body: identityNoteInputSchema.omit({ id: true }),
  response: identityIdSchema,
  status: 201,
  handle: ({ ctx, params, body }) => addNote(ctx, { ...params, ...body }),
});
