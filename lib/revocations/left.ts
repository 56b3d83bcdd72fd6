import type { z } from 'zod';
import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import type { GapId } from '@/lib/connectors/gap-model';
import { clock } from '@/lib/platform/clock';
import { systemName } from '@/lib/revocations/format';
import type { Left, WhatIsLeft } from '@/lib/revocations/left/model';
import { heirsOf, type OpenCredential, openOf } from '@/lib/revocations/left/store';
import { type RevocationDetail, refSchema } from '@/lib/revocations/model';
import { show } from '@/lib/revocations/show';

/** Gaps in which it is a session, or somebody else's access, that lives on; in all others it is a token. */
const SESSIONS: readonly string[] = ['G6'] satisfies GapId[];
const DELEGATED: readonly string[] = ['G8', 'G14'] satisfies GapId[];
const HARM: readonly string[] = ['G10'] satisfies GapId[];

const iso = (at: Date | null): string | null => at?.toISOString() ?? null;

function residuals(row: RevocationDetail, wanted: (gap: string | undefined) => boolean, act: Left['act']): Left[] {
  return row.steps.flatMap((step) =>
    step.residuals
      .filter((one) => wanted(one.gap) && !HARM.includes(one.gap ?? ''))
      .map((one) => ({
        what: one.what,
        where: systemName(step.system),
        until: one.until,
        why: one.why,
        href: null,
        act,
      })),
  );
}

/** A credential whose system was proven closed opens nothing there. The end of a session proves nothing of what opens the next. */
function closed(row: RevocationDetail, { connectorId }: OpenCredential): boolean {
  if (row.undoneBy || !['revoke', 'rotate', 'pause'].includes(row.kind)) return false;
  return row.steps.some(
    (step) => step.verb === 'probe' && step.state === 'verified' && connectorId && step.connectorId === connectorId,
  );
}

/**
 * Access that may still be used after a revocation, now: sessions still open, tokens and keys that still work or of which that
 * is not known, and what was delegated. From the probes' residuals and from what is on record. Throws `not_found`.
 */
export async function left(ctx: Ctx, input: z.input<typeof refSchema>): Promise<WhatIsLeft> {
  authorise(ctx, 'console.read');
  const row = await show(ctx, refSchema.parse(input));
  const [open, heirs] = await Promise.all([openOf(row.identityId), heirsOf(row.identityId)]);
  const { identityId, identityName: name, identityState: state } = row;
  const whose = { identityId, name, state, protected: row.protected };
  const isOpen = state === 'active' && !row.protected;
  const rotate: Left['act'] = isOpen && row.kind !== 'rotate' ? { kind: 'rotate', ...whose } : null;
  const revoke: Left['act'] = isOpen ? { kind: 'revoke', ...whose } : null;
  // What came after a rotation lives by the new secret.
  const old = open.sessions.filter(
    (one) => row.kind !== 'rotate' || one.startedAt.getTime() <= Date.parse(row.requestedAt),
  );
  const sessions = old.map((one) => ({
    what: one.label.slice(0, 400),
    where: one.source,
    until: iso(one.liveUntil),
    why: one.stale ? 'Its system can’t be asked at the moment.' : 'It has not ended.',
    href: `/sessions/${one.id}`,
    act: { kind: 'terminate' as const, sessionId: one.id, label: one.label.slice(0, 200), identityName: name },
  }));
  const tokens = open.credentials
    .filter((one) => !closed(row, one))
    .map((one) => ({
      what: `${one.kind.replaceAll('_', ' ')} ${one.externalId}`.slice(0, 400),
      where: one.source,
      until: iso(one.expiresAt),
      why: 'It is on record as active, and no probe has proven that it opens nothing any more. Rotate and invalidate it.',
      href: `/identities/${row.identityId}`,
      act: rotate ?? revoke,
    }));
  const delegations = open.consents.map((one) => ({
    what: `${one.grantor} allowed ${one.app}: ${one.scopes.join(' ') || 'everything it asks for'}`.slice(0, 400),
    where: one.source,
    until: iso(one.until),
    why: 'A consent stays when a session ends or a secret is rotated.',
    href: `/consents?identityId=${row.identityId}`,
    act: { kind: 'take_back' as const, consentId: one.id, identityId },
  }));
  const delegated = heirs.map((one) => ({
    what: `${one.name}: ${one.label}`.slice(0, 400),
    where: one.source,
    until: iso(one.liveUntil),
    why: `It acts under the authority of a session of ${name} (${(one.lineage ?? 'delegation').replace('_', ' ')}): what ends that one leaves it alive.`,
    href: `/sessions/${one.id}`,
    act:
      one.state === 'active' && !one.protected
        ? { kind: 'revoke' as const, identityId: one.identityId, name: one.name, state: one.state, protected: false }
        : { kind: 'terminate' as const, sessionId: one.id, label: one.label.slice(0, 200), identityName: one.name },
  }));
  const isToken = (gap: string | undefined) => !SESSIONS.includes(gap ?? '') && !DELEGATED.includes(gap ?? '');
  return {
    at: clock.now().toISOString(),
    sessions: [...residuals(row, (gap) => SESSIONS.includes(gap ?? ''), revoke), ...sessions].slice(0, 200),
    tokens: [...residuals(row, isToken, rotate ?? revoke), ...tokens].slice(0, 200),
    delegations: [
      ...residuals(row, (gap) => DELEGATED.includes(gap ?? ''), revoke),
      ...delegated,
      ...delegations,
    ].slice(0, 200),
  };
}
