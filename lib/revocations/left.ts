import type { z } from 'zod';
import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import type { GapId } from '@/lib/connectors/gap-model';
import { clock } from '@/lib/platform/clock';
import { systemName } from '@/lib/revocations/format';
import type { Left, LeftLists, WhatIsLeft } from '@/lib/revocations/left/model';
import { saidOf } from '@/lib/revocations/left/said';
import { consentOf, type Heir, heirsOf, type OpenCredential, ofSessions, openOf } from '@/lib/revocations/left/store';
import { type RevocationDetail, refSchema } from '@/lib/revocations/model';
import { show } from '@/lib/revocations/show';

/** Gaps in which it is a session, or somebody else's access, that lives on; in all others it is a token. */
const SESSIONS: readonly string[] = ['G6'] satisfies GapId[];
const DELEGATED: readonly string[] = ['G8', 'G14'] satisfies GapId[];
const HARM: readonly string[] = ['G10'] satisfies GapId[];

/** Of each list. */
const MOST = 200;

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

interface OnRecord {
  id: string;
  connectorId?: string | null;
}

/** Which of what an identity has open a revocation was about: an ended session or a consent is not the identity, a drill not its other systems. */
async function aboutOf(row: RevocationDetail): Promise<(one: OnRecord) => boolean> {
  if (row.kind === 'terminate') {
    const theirs = await ofSessions(row.identityId, row.sessionIds);
    return ({ id }) => theirs.has(id);
  }
  if (row.kind === 'consent') {
    const consentId = await consentOf(row.id);
    return ({ id }) => id === consentId;
  }
  if (!row.drill) return () => true;
  const drilled = new Set(row.steps.flatMap((step) => step.connectorId ?? []));
  return ({ connectorId }) => Boolean(connectorId && drilled.has(connectorId));
}

/** What it was about, and what stands beside it. */
function parted<T extends OnRecord>(all: readonly T[], about: (one: OnRecord) => boolean): { of: T[]; beside: T[] } {
  return { of: all.filter(about), beside: all.filter((one) => !about(one)) };
}

/**
 * Access that may still be used after a revocation, now: sessions still open, tokens and keys that still work or of which that
 * is not known, and what was delegated. From the probes' residuals and from what is on record; what else the identity has
 * open is told by itself. Throws `not_found`.
 */
export async function left(ctx: Ctx, input: z.input<typeof refSchema>): Promise<WhatIsLeft> {
  authorise(ctx, 'console.read');
  const row = await show(ctx, refSchema.parse(input));
  const [open, heirs, about] = await Promise.all([openOf(row.identityId), heirsOf(row.identityId), aboutOf(row)]);
  const { identityId, identityName: name, identityState: state } = row;
  const whose = { identityId, name, state, protected: row.protected };
  const isOpen = state === 'active' && !row.protected;
  const rotate: Left['act'] = isOpen && row.kind !== 'rotate' ? { kind: 'rotate', ...whose } : null;
  const revoke: Left['act'] = isOpen ? { kind: 'revoke', ...whose } : null;
  // What came after a rotation lives by the new secret.
  const old = open.sessions.filter(
    (one) => row.kind !== 'rotate' || one.startedAt.getTime() <= Date.parse(row.requestedAt),
  );
  const said = saidOf(row, rotate ?? revoke);
  const isToken = (gap: string | undefined) => !SESSIONS.includes(gap ?? '') && !DELEGATED.includes(gap ?? '');
  const [sessions, tokens, consents, under] = [
    parted(old, about),
    parted(
      open.credentials.filter((one) => !closed(row, one)),
      about,
    ),
    parted(open.consents, about),
    // What acts under a session goes with it, wherever it lives.
    parted(heirs, (one) => row.drill || about({ id: (one as Heir).rootId })),
  ];
  const lists = (part: 'of' | 'beside'): LeftLists => ({
    sessions: sessions[part].map(said.session),
    tokens: tokens[part].map(said.token),
    delegations: [...under[part].map(said.heir), ...consents[part].map(said.consent)],
  });
  const of = lists('of');
  const capped = (all: LeftLists): LeftLists => ({
    sessions: all.sessions.slice(0, MOST),
    tokens: all.tokens.slice(0, MOST),
    delegations: all.delegations.slice(0, MOST),
  });
  return {
    at: clock.now().toISOString(),
    ...capped({
      sessions: [...residuals(row, (gap) => SESSIONS.includes(gap ?? ''), revoke), ...of.sessions],
      tokens: [...residuals(row, isToken, rotate ?? revoke), ...of.tokens],
      delegations: [...residuals(row, (gap) => DELEGATED.includes(gap ?? ''), revoke), ...of.delegations],
    }),
    beside: capped(lists('beside')),
  };
}
