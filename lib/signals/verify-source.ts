import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { record } from '@/lib/audit/record';
import { hint } from '@/lib/db/hint';
import { transaction } from '@/lib/db/transaction';
import { clock } from '@/lib/platform/clock';
import { BraidError } from '@/lib/platform/errors';
import { newSecret, sha256Hex } from '@/lib/platform/ids';
import { sourceOf } from '@/lib/signals/change-source';
import { changeSourceRow } from '@/lib/signals/in/store';
import { callAs } from '@/lib/signals/transmitter';

/**
 * Asks a transmitter for a verification event with a state of ours; verified when that comes back. Errors: `not_found`,
 * `connector.unsupported` (it verifies nothing), `connector.limited`, `connector.refused`, `connector.unreachable`.
 */
export async function verifySource(ctx: Ctx, input: { id: string }): Promise<void> {
  authorise(ctx, 'signal.manage');
  const source = await sourceOf(input.id);
  const { verification_endpoint: url } = source.metadata as { verification_endpoint?: string };
  if (!url) throw new BraidError('connector.unsupported', 'Its transmitter has no verification endpoint.');
  const state = newSecret(24);
  // Before it is asked for: the answer may come first.
  await transaction(async (tx) => {
    await changeSourceRow(tx, source.id, {
      verifyHash: sha256Hex(state),
      verifyAskedAt: clock.now(),
      pollDueAt: clock.now(),
    });
    await record(tx, ctx, {
      action: 'signal_source.verify',
      target: { type: 'signal_source', id: source.id, name: source.name },
    });
    await hint(tx, 'signal', [source.id]);
  });
  const answer = await callAs(source, { method: 'POST', url, body: { stream_id: source.streamId, state } });
  if (answer.status === 429) throw new BraidError('connector.limited', 'Its transmitter wants to be asked less often.');
  if (answer.status > 299) throw new BraidError('connector.refused', `Its transmitter answered ${answer.status}.`);
}
