import type { Ctx } from '@/lib/access/model';
import { addNote } from '@/lib/findings/add-note';
import { BraidError } from '@/lib/platform/errors';

/** Says on the finding itself why nothing was done about it. A finding that is gone needs no word. */
export async function noteRefusal(ctx: Ctx, findingId: string, body: string): Promise<void> {
  try {
    await addNote(ctx, { id: findingId, body: body.slice(0, 10_000) });
  } catch (error) {
    if (!(error instanceof BraidError) || error.code !== 'not_found') throw error;
  }
}
