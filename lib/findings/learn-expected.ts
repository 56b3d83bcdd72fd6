import type { Ctx } from '@/lib/access/model';
import type { Tx } from '@/lib/db/transaction';
import { deleteOfFinding, insertExpected, readEvidence } from '@/lib/findings/expected/store';
import { causeKind, EXPECTED_MS, type Expected, isExpectable, keysOf } from '@/lib/findings/expected-model';
import type { Evidence } from '@/lib/findings/model';
import { clock } from '@/lib/platform/clock';
import { newId } from '@/lib/platform/ids';

interface Judged {
  id: string;
  identityId: string;
  detector: string;
  cause: string;
  evidence: Evidence;
}

/**
 * A finding that is closed as benign teaches what is expected of its identity: the same cause from the same networks with the
 * same clients is not told again for a year. Any other change of its state takes that back. In the transaction of the change;
 * returns what was learned, for the audit.
 */
export async function learnExpected(
  tx: Tx,
  ctx: Ctx,
  { id, identityId, detector, cause, evidence }: Judged,
  { benign, reason }: { benign: boolean; reason: string },
): Promise<Expected | null> {
  if (!benign || !isExpectable(detector) || evidence.events.length === 0) {
    await deleteOfFinding(tx, id);
    return null;
  }
  const events = await readEvidence(tx, identityId, evidence.events);
  if (events.length === 0) return null;
  const at = clock.now();
  const said: Expected = { detector, cause: causeKind(cause), ...keysOf(events) };
  const until = new Date(at.getTime() + EXPECTED_MS);
  await insertExpected(tx, {
    ...said,
    id: newId(),
    identityId,
    findingId: id,
    reason,
    byName: ctx.actor.name.slice(0, 200),
    at,
    until,
  });
  return said;
}
