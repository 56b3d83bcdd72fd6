import type { z } from 'zod';
import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { record } from '@/lib/audit/record';
import { removeInputSchema } from '@/lib/connectors/model';
import { dropConnection } from '@/lib/connectors/registry';
import { deleteConnector, endUnwatched, lockConnector } from '@/lib/connectors/store';
import { hint } from '@/lib/db/hint';
import { transaction } from '@/lib/db/transaction';
import { clock } from '@/lib/platform/clock';
import { BraidError } from '@/lib/platform/errors';

/** Forgets a connector and its secrets. What it found stays: identities, revocations, sessions; those still live are ended, for nobody sees them any more. */
export async function remove(ctx: Ctx, input: z.input<typeof removeInputSchema>): Promise<void> {
  authorise(ctx, 'connector.manage');
  const { id, reason } = removeInputSchema.parse(input);
  await transaction(async (tx) => {
    const row = await lockConnector(tx, id);
    if (!row) throw new BraidError('not_found', 'This connector no longer exists.');
    const ended = await endUnwatched(tx, row, clock.now());
    await deleteConnector(tx, id);
    await record(tx, ctx, {
      action: 'connector.remove',
      target: { type: 'connector', id, name: row.name },
      reason,
      detail: { vendor: row.vendor, sessionsNoLongerSeen: ended.length },
    });
    const sessions = ended.map((one) => one.id);
    if (sessions.length) {
      await hint(tx, 'session', sessions);
      await hint(tx, 'identity', [...new Set(ended.map((one) => one.identity_id))]);
    }
    await hint(tx, 'connector', [id]);
  });
  dropConnection(id);
}
