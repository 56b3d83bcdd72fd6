import type { z } from 'zod';
import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { record } from '@/lib/audit/record';
import { hint } from '@/lib/db/hint';
import { transaction } from '@/lib/db/transaction';
import { noteSchema } from '@/lib/findings/model';
import { insertNote } from '@/lib/findings/notes/store';
import { findingTitle } from '@/lib/findings/store';
import { BraidError } from '@/lib/platform/errors';

/** Adds a note to a finding. Notes are never changed afterwards. Errors: `not_found`, `input.invalid`. */
export async function addNote(ctx: Ctx, input: z.input<typeof noteSchema>): Promise<{ id: string }> {
  authorise(ctx, 'note.write');
  const { id, body } = noteSchema.parse(input);
  return transaction(async (tx) => {
    const title = await findingTitle(tx, id);
    if (title === null) throw new BraidError('not_found', 'There is no such finding.');
    const author = { id: 'id' in ctx.actor ? ctx.actor.id : null, name: ctx.actor.name };
    const noteId = await insertNote(tx, id, body, author);
    await record(tx, ctx, { action: 'note.add', target: { type: 'finding', id, name: title }, detail: { noteId } });
    await hint(tx, 'finding', [id]);
    return { id: noteId };
  });
}
