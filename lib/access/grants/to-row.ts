import { type GrantRow, grantRowSchema } from '@/lib/access/grants/model';
import { standingAt } from '@/lib/access/grants/state';
import type { StoredGrant } from '@/lib/access/grants/store';
import { type Ctx, may } from '@/lib/access/model';

const iso = (at: Date | null): string | null => at?.toISOString() ?? null;

export const OWN = 'You asked for this yourself: somebody else has to answer.';

/** Why whoever this is can't answer; null: they can. */
export function notYours({ actor }: Ctx, operatorId: string): string | null {
  if (actor.kind !== 'operator') return 'An operator has to grant this in person: a token is nobody’s second.';
  if (actor.id === operatorId) return OWN;
  return may(actor, 'operator.manage') ? null : 'An administrator answers this.';
}

/** A stored grant as whoever looks sees it at `now`. */
export function toRow(stored: StoredGrant, ctx: Ctx, now: Date): GrantRow {
  const { state, how, endedAt } = standingAt(stored, now);
  const { aboutType, aboutId, aboutName } = stored;
  return grantRowSchema.parse({
    id: stored.id,
    operatorId: stored.operatorId,
    operatorName: stored.operatorName,
    standing: stored.standing,
    askedRole: stored.askedRole,
    askedMinutes: stored.askedMinutes,
    reason: stored.reason,
    about: aboutType && aboutId ? { type: aboutType, id: aboutId, name: aboutName ?? '' } : null,
    state,
    askedAt: stored.askedAt.toISOString(),
    lapsesAt: stored.lapsesAt.toISOString(),
    answeredAt: iso(stored.answeredAt),
    answeredBy: stored.answeredBy,
    answer: stored.answer,
    role: stored.role,
    until: iso(stored.until),
    endedAt: iso(endedAt),
    endedBy: stored.endedBy,
    endedHow: how,
    endReason: stored.endReason,
    own: ctx.actor.kind === 'operator' && ctx.actor.id === stored.operatorId,
    notYours: state === 'waiting' ? notYours(ctx, stored.operatorId) : null,
  });
}
