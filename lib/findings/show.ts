import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { readEvidence } from '@/lib/findings/evidence/store';
import { type FindingDetail, idInput } from '@/lib/findings/model';
import { readNotes } from '@/lib/findings/notes/store';
import { readFinding } from '@/lib/findings/store';
import { BraidError } from '@/lib/platform/errors';

/** One finding with its evidence opened: the sessions, decisions and events it stands on. Errors: `not_found`. */
export async function show(ctx: Ctx, input: { id: string }): Promise<FindingDetail> {
  authorise(ctx, 'console.read');
  const { id } = idInput.parse(input);
  const found = await readFinding(id);
  if (!found) throw new BraidError('not_found', 'There is no such finding.');
  const [evidence, notes] = await Promise.all([readEvidence(found.row.evidence, found.row.identityId), readNotes(id)]);
  return { ...found.row, reasons: found.reasons, mapping: found.mapping, ...evidence, notes };
}
