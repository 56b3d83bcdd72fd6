import type { z } from 'zod';
import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { record } from '@/lib/audit/record';
import { hint } from '@/lib/db/hint';
import { transaction } from '@/lib/db/transaction';
import { identityNoteInputSchema } from '@/lib/identities/model';
import { insertNote, lockIdentity } from '@/lib/identities/store';
import { BraidError } from '@/lib/platform/errors';
import { newId } from '@/lib/platform/ids';

/** Adds a note to an identity. Notes are never changed afterwards. Errors: `access.denied`, `not_found`, `input.invalid`. */
export async function addNote(ctx: Ctx, input: z.input<typeof identityNoteInputSchema>): Promise<{ id: string }> {
  authorise(ctx, 'note.write');
  const { id, body } = identityNoteInputSchema.parse(input);
  return transaction(async (tx) => {
    const identity = await lockIdentity(tx, id);
    if (!identity) throw new BraidError('not_found', 'There is no such identity.');
    const noteId = newId();
    const authorId = 'id' in ctx.actor ? ctx.actor.id : null;
    await insertNote(tx, { id: noteId, targetId: id, body, authorId, authorName: ctx.actor.name });
    await record(tx, ctx, {
      action: 'note.add',
      target: { type: 'identity', id, name: identity.name },
      detail: { noteId },
    });
    await hint(tx, 'identity', [id]);
    return { id: noteId };
  });
}
