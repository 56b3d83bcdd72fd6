import { findOperatorSession } from '@/lib/access/find-operator-session';
import { endWith } from '@/lib/access/grants/end-with';
import { endSessions } from '@/lib/access/store';
import { record } from '@/lib/audit/record';
import { hint } from '@/lib/db/hint';
import { transaction } from '@/lib/db/transaction';
import { clock } from '@/lib/platform/clock';

/** Ends an operator session at its operator's wish. Unknown or ended: nothing happens. */
export async function signOut(sessionId: string): Promise<void> {
  const ctx = await findOperatorSession(sessionId);
  if (!ctx) return;
  await transaction(async (tx) => {
    await endSessions(tx, { id: sessionId }, clock.now(), 'itself');
    await record(tx, ctx, {
      action: 'operator.sign_out',
      target: { type: 'operator', id: ctx.actor.id, name: ctx.actor.name },
    });
    await endWith(tx, ctx, 'signed_out', { operatorId: ctx.actor.id, signedOut: true });
    await hint(tx, 'operator', [ctx.actor.id]);
  });
}
