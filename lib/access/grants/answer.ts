import { authorise } from '@/lib/access/authorise';
import { confirmOperator } from '@/lib/access/confirm-operator';
import { type AnswerGrantInput, answerGrantSchema, type GrantRow } from '@/lib/access/grants/model';
import { standingAt } from '@/lib/access/grants/state';
import { changeGrant, lockGrant, type StoredGrant } from '@/lib/access/grants/store';
import { targetOf } from '@/lib/access/grants/tell';
import { OWN, toRow } from '@/lib/access/grants/to-row';
import { above, type Ctx, may, roleSchema } from '@/lib/access/model';
import { lockAdministrators, lockOperator, lockSession } from '@/lib/access/store';
import { record } from '@/lib/audit/record';
import { hint } from '@/lib/db/hint';
import { type Tx, transaction } from '@/lib/db/transaction';
import { clock } from '@/lib/platform/clock';
import { BraidError } from '@/lib/platform/errors';

/** What is granted, checked against what was asked for and against who holds it now. */
async function granted(tx: Tx, grant: StoredGrant, given: AnswerGrantInput, now: Date) {
  const asked = roleSchema.parse(grant.askedRole);
  const { role = asked, minutes = grant.askedMinutes } = given;
  if (above(role, asked) || minutes > grant.askedMinutes)
    throw new BraidError('input.invalid', 'Never more than was asked for: neither a higher role nor a longer time.');
  const holder = await lockOperator(tx, grant.operatorId);
  const session = await lockSession(tx, grant.sessionId);
  if (holder?.state !== 'active' || !session || session.endedAt || session.expiresAt <= now)
    throw new BraidError('conflict', `${grant.operatorName} is no longer signed in where this was asked.`);
  if (!above(role, roleSchema.parse(holder.role)))
    throw new BraidError('conflict', `${grant.operatorName} is ${holder.role} already.`);
  const wanted = now.getTime() + minutes * 60_000;
  return { role, until: new Date(Math.min(wanted, session.expiresAt.getTime())) };
}

/** Behind the lock under which roles change: who was demoted or disabled meanwhile answers nothing any more. */
async function stillManages(tx: Tx, { actor }: Ctx): Promise<void> {
  await lockAdministrators(tx);
  if (actor.kind !== 'operator') return;
  const self = await lockOperator(tx, actor.id);
  const now = self && { ...actor, role: roleSchema.parse(self.role), grant: undefined };
  if (self?.state !== 'active' || !now || !may(now, 'operator.manage'))
    throw new BraidError('access.denied', 'You may no longer manage operators.');
}

/** Granting wants somebody at the console who has just signed in, or gives the password again. */
async function inPerson({ actor, sessionId, ip }: Ctx, password: string | undefined): Promise<void> {
  if (actor.kind !== 'operator' || !sessionId)
    throw new BraidError('approval.own', 'An operator has to grant this in person: a token is nobody’s second.');
  await confirmOperator({ actor, sessionId, ip }, password);
}

/**
 * Grants what an operator asked for, or less, or declines it. It begins now and ends by itself, at the latest with the sign-in
 * it was asked in. Nobody answers what they asked for themselves, and no token grants. Errors: `not_found`, `access.denied`,
 * `access.confirm` (the password is wanted), `approval.own`, `approval.answered`, `conflict`, `input.invalid`.
 */
export async function answer(ctx: Ctx, input: AnswerGrantInput): Promise<GrantRow> {
  authorise(ctx, 'operator.manage');
  const given = answerGrantSchema.parse(input);
  const { actor } = ctx;
  if (given.answer === 'grant') await inPerson(ctx, given.password);
  return transaction(async (tx) => {
    await stillManages(tx, ctx);
    const grant = await lockGrant(tx, given.id);
    if (!grant) throw new BraidError('not_found', 'There is no such grant.');
    if ('id' in actor && grant.operatorId === actor.id) throw new BraidError('approval.own', OWN);
    const now = clock.now();
    const { state } = standingAt(grant, now);
    if (state !== 'waiting')
      throw new BraidError('approval.answered', `This is ${state} already: it is answered once.`);
    const what = given.answer === 'grant' ? await granted(tx, grant, given, now) : null;
    const stored = await changeGrant(tx, grant.id, {
      state: what ? 'granted' : 'declined',
      answeredAt: now,
      answeredById: 'id' in actor ? actor.id : null,
      answeredBy: actor.name,
      answer: given.reason,
      ...what,
    });
    await record(tx, ctx, {
      action: what ? 'grant.give' : 'grant.decline',
      target: targetOf(stored),
      reason: given.reason,
      detail: {
        askedBy: grant.operatorName,
        asked: { role: grant.askedRole, minutes: grant.askedMinutes },
        ...(what ? { role: what.role, until: what.until.toISOString(), session: grant.sessionId } : {}),
      },
    });
    await hint(tx, 'grant', [grant.id]);
    return toRow(stored, ctx, now);
  });
}
