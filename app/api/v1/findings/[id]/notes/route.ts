import { addNote } from '@/lib/findings/add-note';
import { idInput, noteSchema } from '@/lib/findings/model';
import { route } from '@/lib/http/route';

export const POST = route({
  name: 'addFindingNote',
  summary: 'Adds a note to a finding.',
  permission: 'note.write',
  params: idInput,
  body: noteSchema.omit({ id: true }),
  response: idInput,
  status: 201,
  handle: ({ ctx, params, body }) => addNote(ctx, { ...body, ...params }),
});
