import { authorise } from '@/lib/access/authorise';
import { endWith } from '@/lib/access/grants/end-with';
import { type Ctx, type EndOperatorSessionInput, endOperatorSessionSchema } from '@/lib/access/model';
import { endSessions, findSession } from '@/lib/access/store';
import { record } from '@/lib/audit/record';
import { hint } from '@/lib/db/hint';
import { transaction } from '@/lib/db/transaction';
import { clock } from '@/lib/platform/clock';
import { BraidError } from '@/lib/platform/errors';

/** Ends one operator session: one's own, or with `operator.manage` anybody's. Another's without it is `not_found`. */
export async function endOperatorSession(ctx: Ctx, input: EndOperatorSessionInput): Promise<void> {
  const { id } = endOperatorSessionSchema.parse(input);
  await transaction(async (tx) => {
    const session = await findSession(tx, id);
    const own = ctx.actor.kind === 'operator' && session?.operatorId === ctx.actor.id;
    if (!own) authoriseOrHide(ctx);
    if (!session) throw notFound();
    if ((await endSessions(tx, { id }, clock.now(), own ? 'itself' : 'operator')) === 0) return;
    const target = { type: 'operator', id: session.operatorId, name: session.operator.name };
    await record(tx, ctx, { action: 'operator.end_session', target, detail: { session: id } });
    await endWith(tx, ctx, 'signed_out', { operatorId: session.operatorId, signedOut: true });
    await hint(tx, 'operator', [session.operatorId]);
  });
}

const notFound = () => new BraidError('not_found', 'There is no such session.');

function authoriseOrHide(ctx: Ctx): void {
  try {
    authorise(ctx, 'operator.manage');
  } catch {
    throw notFound();
  }
}
