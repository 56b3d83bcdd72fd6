import type { z } from 'zod';
import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { record } from '@/lib/audit/record';
import { hint } from '@/lib/db/hint';
import { transaction } from '@/lib/db/transaction';
import { enqueue } from '@/lib/jobs/enqueue';
import { clock } from '@/lib/platform/clock';
import { BraidError } from '@/lib/platform/errors';
import { cameTo, historyOf } from '@/lib/revocations/history-state';
import { permissionOf, type RecordedKind, type Requested, refSchema } from '@/lib/revocations/model';
import { extendPlan, lookAgain } from '@/lib/revocations/plan-again';
import { isReady } from '@/lib/revocations/rotated/store';
import { bySystem, neverProbed, stateOf, systemState } from '@/lib/revocations/state';
import { changeStep } from '@/lib/revocations/steps/store';
import {
  changeRevocation,
  findRevocation,
  lockRevocation,
  type Stored,
  type StoredStep,
} from '@/lib/revocations/store';
import { factsOf } from '@/lib/revocations/write-step';

const ownOf = (revocation: Stored, step: StoredStep) =>
  factsOf(revocation).filter((fact) => fact.connectorId === step.connectorId);

/** What is asked again: of access that came back everything, else what is not proven yet. A proof that stands is left alone. */
const askedAgain = (revocation: Stored): StoredStep[] =>
  [...bySystem(factsOf(revocation)).values()]
    .filter((own) => revocation.state === 'regrown' || systemState(own) !== 'verified')
    .flatMap((own) => own.map(({ step }) => step))
    .filter((step) => step.connectorId && !neverProbed(step));

/**
 * Does the steps in connected systems again, now, and those that they can do by now and could not when it was requested: after a failure, a residual, what could not be proven, or access that came
 * back. Errors: `not_found`, `access.denied`; `conflict` for what is proven, undone, or has nothing that could be asked again.
 */
export async function retry(ctx: Ctx, input: z.input<typeof refSchema>): Promise<Requested> {
  const { id } = refSchema.parse(input);
  const known = await findRevocation(id);
  authorise(ctx, known ? permissionOf(known.kind as RecordedKind) : 'console.read');
  const looked = known && (await lookAgain(known));
  await transaction(async (tx) => {
    let revocation = await lockRevocation(tx, id);
    const at = clock.now();
    if (!revocation) throw new BraidError('not_found', 'There is no such revocation.');
    if (revocation.undoneBy) throw new BraidError('conflict', 'This was undone: ask for a new one.');
    if (revocation.kind === 'rotate' && (await isReady(tx, id)))
      throw new BraidError(
        'conflict',
        'Its new secret can be in use: what is open may live by it. Rotate anew instead.',
      );
    if (revocation.state === 'verified')
      throw new BraidError('conflict', 'It is proven: there is nothing to try again.');
    const more = looked ? await extendPlan(tx, revocation, looked, at) : [];
    if (more.length) revocation = (await lockRevocation(tx, id))!;
    const again = askedAgain(revocation);
    if (!again.length)
      throw new BraidError(
        'conflict',
        'Nothing more can be asked of its systems than when this was requested: connect the one that is named, or give its connector the right.',
      );
    for (const step of again) {
      const held = step.state === 'effective' && systemState(ownOf(revocation, step)) !== 'failed';
      const again = { state: 'requested', again: held ? 'held' : 'open' } as const;
      await changeStep(tx, step.id, { ...again, detail: null, attempts: 0, notBefore: null }, at);
    }
    for (const step of revocation.steps.filter((one) => one.verb === 'regrowth' && one.state === 'failed')) {
      await changeStep(tx, step.id, { state: 'requested', detail: null, finishedAt: null, again: 'open' }, at);
    }
    const after = (await lockRevocation(tx, id))!;
    const state = stateOf(factsOf(after));
    const history = cameTo(historyOf(after), state, at) as object[];
    // Access that came back is ended anew and timed anew. Whatever else waited for somebody is as late as it is.
    const counts = revocation.state === 'regrown' ? { endedAgainAt: at, retriedAt: null } : { retriedAt: at };
    await changeRevocation(tx, id, { state, history, verifiedAt: null, dueAt: at, ...counts });
    await enqueue(
      tx,
      'execute-revocation',
      { identityId: revocation.identityId, revocationId: id },
      { key: `revocation:${id}` },
    );
    await record(tx, ctx, { action: 'revocation.retry', target: { type: 'revocation', id }, detail: { more } });
    await hint(tx, 'revocation', [id]);
  });
  return { revocationId: id, revocationIds: [id], created: false };
}
