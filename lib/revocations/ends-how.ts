import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import type { Capabilities } from '@/lib/connectors/model';
import { whyNotSession } from '@/lib/revocations/eligible-state';
import { expected, type Measured } from '@/lib/revocations/measured/store';
import { cannot } from '@/lib/revocations/plan';
import { findIdentity, type StoredSession, sessionsById } from '@/lib/revocations/store';
import { systemOf, systemsFor } from '@/lib/revocations/systems';

export interface EndsHow {
  /** By itself, in its own system; of what only the decision point knows: there. */
  canEnd: boolean;
  /** Why not. */
  why: string | null;
  /** Its system's name. */
  where: string;
  /** From the click until its end is proven, ms: as measured here (p50), else as its connector declares; null: nobody proves it. */
  endsInMs: number | null;
  measured: boolean;
  /** What its end takes with it. */
  reach: Capabilities['granularity'];
}

/** How long the decision point takes where nothing was measured, ms. */
const DECISION_MS = 10;

function denied(times: Measured[]): EndsHow {
  const seen = times.find((one) => one.of === 'decision');
  return {
    canEnd: true,
    why: null,
    where: 'Decision point',
    endsInMs: Math.max(Math.round(seen?.p50 ?? DECISION_MS), 1),
    measured: Boolean(seen),
    reach: 'session',
  };
}

/** How each of these live sessions ends when it alone is ended, by its id. Those that have ended are not among them. */
export async function endsHow(ctx: Ctx, sessionIds: string[]): Promise<Map<string, EndsHow>> {
  authorise(ctx, 'console.read');
  const found = new Map<string, EndsHow>();
  const live = (await sessionsById(sessionIds)).filter((one) => !one.endedAt);
  const times = live.length ? await expected() : [];
  const of = new Map<string, StoredSession[]>();
  for (const one of live) of.set(one.identityId, [...(of.get(one.identityId) ?? []), one]);
  for (const [identityId, sessions] of of) {
    const identity = await findIdentity(identityId);
    if (!identity) continue;
    const systems = await systemsFor(identity);
    for (const session of sessions) {
      const not = whyNotSession(session, identity);
      if (session.observedBy === 'declared') {
        found.set(session.id, { ...denied(times), canEnd: not === null, why: not });
        continue;
      }
      const system = systemOf(systems, session);
      const why = not ?? cannot('terminate', system)?.why ?? null;
      const seen = times.find((one) => one.connectorId !== null && one.connectorId === system.connectorId);
      const declared = system.capabilities?.propagationMs.p50;
      found.set(session.id, {
        canEnd: why === null,
        why,
        where: system.name,
        endsInMs: why === null ? Math.round(seen?.p50 ?? declared ?? 0) : null,
        measured: why === null && Boolean(seen),
        reach: system.capabilities?.granularity ?? 'session',
      });
    }
  }
  return found;
}
