import { authorise } from '@/lib/access/authorise';
import { type AskGrantInput, askGrantSchema, type GrantRow } from '@/lib/access/grants/model';
import { insertGrant, nameOf, openIn, othersWhoGrant } from '@/lib/access/grants/store';
import { targetOf, tellAsked } from '@/lib/access/grants/tell';
import { toRow } from '@/lib/access/grants/to-row';
import { above, type Ctx, ROLE_PERMISSIONS, ROLES, roleSchema } from '@/lib/access/model';
import { lockOperator, lockSession } from '@/lib/access/store';
import { record } from '@/lib/audit/record';
import { hint } from '@/lib/db/hint';
import { transaction } from '@/lib/db/transaction';
import { clock } from '@/lib/platform/clock';
import { BraidError } from '@/lib/platform/errors';
import { newId } from '@/lib/platform/ids';

const MAY_GRANT = ROLES.filter((role) => ROLE_PERMISSIONS[role].includes('operator.manage'));

/**
 * The operator who is signed in asks for a higher role for a time, in this console session alone. It waits as long as the
 * sign-in lasts. Errors: `access.denied` (not an operator in person: tokens have their scopes), `conflict` (one of this
 * sign-in is open already, the role is none above their own, or there is nobody else who may grant it), `not_found`.
 */
export async function ask(ctx: Ctx, input: AskGrantInput): Promise<GrantRow> {
  authorise(ctx, 'console.read');
  const { actor, sessionId } = ctx;
  if (actor.kind !== 'operator' || !sessionId)
    throw new BraidError('access.denied', 'Only an operator who is signed in asks for a role: a token has its scopes.');
  const { role, minutes, reason, about } = askGrantSchema.parse(input);
  return transaction(async (tx) => {
    const operator = await lockOperator(tx, actor.id);
    const session = await lockSession(tx, sessionId);
    const now = clock.now();
    if (operator?.state !== 'active' || !session || session.endedAt || session.expiresAt <= now)
      throw new BraidError('access.unauthenticated', 'You have been signed out. Sign in again.');
    const standing = roleSchema.parse(operator.role);
    if (!above(role, standing)) throw new BraidError('conflict', `Your own role (${standing}) may do that already.`);
    if (await openIn(tx, sessionId, now))
      throw new BraidError('conflict', 'You have asked already, or hold a role for a time: end that one first.');
    if ((await othersWhoGrant(tx, MAY_GRANT, actor.id)) === 0)
      throw new BraidError('conflict', 'There is no other operator who may grant it: an administrator has to.');
    const aboutName = about ? await nameOf(tx, about.type, about.id) : null;
    if (about && aboutName === null) throw new BraidError('not_found', `There is no such ${about.type}.`);
    const stored = await insertGrant(tx, {
      id: newId(),
      operatorId: actor.id,
      operatorName: operator.name,
      sessionId,
      standing,
      askedRole: role,
      askedMinutes: minutes,
      reason,
      aboutType: about?.type,
      aboutId: about?.id,
      aboutName,
      askedAt: now,
      lapsesAt: session.expiresAt,
    });
    await record(tx, ctx, {
      action: 'grant.ask',
      target: targetOf(stored),
      reason,
      detail: {
        role,
        minutes,
        standing,
        session: sessionId,
        ...(about ? { about: { ...about, name: aboutName } } : {}),
      },
    });
    const row = toRow(stored, ctx, now);
    await tellAsked(tx, row);
    await hint(tx, 'grant', [stored.id]);
    return row;
  });
}
