import type { z } from 'zod';
import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import type { Capabilities } from '@/lib/connectors/model';
import { BraidError } from '@/lib/platform/errors';
import { needsSecond, type Reached } from '@/lib/responses/needs-second';
import { lastExpiry } from '@/lib/revocations/left/store';
import { drillsFailed, expected, type Measured } from '@/lib/revocations/measured/store';
import {
  type BlastRadius,
  closes,
  type PreviewInput,
  previewInputSchema,
  type RevocationKind,
} from '@/lib/revocations/model';
import { cannot, rotatedOnce, type SystemFacts } from '@/lib/revocations/plan';
import { countLive, findIdentity, liveSessions, type StoredSession, sessionsById } from '@/lib/revocations/store';
import { systemOf, systemsFor, systemsOfSessions } from '@/lib/revocations/systems';

const SHOWN = 200;
const DECISION_MS = 10;

const WORDS: Record<RevocationKind, string> = {
  terminate: 'ends the session',
  revoke: 'blocks new logins, ends live sessions, proves it',
  rotate: 'makes a new secret, ends what the old one opened, proves it',
  pause: 'blocks new logins and ends live sessions until resumed',
  resume: 'lets it log in again',
  restore: 'lets it log in again',
};

const PART = {
  block: 'ends live sessions; can’t block new logins',
  rotate: 'ends live sessions; has no secret Braid can change',
};

/** What closing a canary costs; null: it is none, or stays as it is. */
export const canaryOf = (kind: RevocationKind, system: SystemFacts): string | null =>
  system.canary && kind !== 'terminate' && closes(kind)
    ? `It is the canary of ${system.name}: no drill can be held there until it is opened again.`
    : null;

function alsoHits(kind: RevocationKind, { blastRadius, blastRadiusOne = '' }: Capabilities): string {
  if (kind === 'resume' || kind === 'restore') return '';
  if (kind === 'terminate') return blastRadiusOne;
  // What blocking would hit beside it is not hit: nothing is blocked.
  return kind === 'rotate' ? 'Clients are cut off, and stay out until they are given the new secret.' : blastRadius;
}

/** The system as an identity's access there is ended, not one session of it. */
const wholeOf = (all: SystemFacts[], one: SystemFacts): SystemFacts =>
  all.find((each) => each.connectorId !== null && each.connectorId === (one.logOf ?? one.connectorId)) ?? one;

interface Endable {
  canEnd: boolean;
  why: string | null;
  alone: boolean;
}

/** Does this kind end it there? `alone`: it can be ended by itself, whatever else lives. */
function endable(kind: RevocationKind, session: StoredSession, systems: SystemFacts[]): Endable {
  if (session.observedBy === 'declared') return { canEnd: true, why: null, alone: true };
  const one = systemOf(systems, session);
  const alone = cannot('terminate', one) === null;
  // What its log alone tells of ends with the identity's access all the same.
  const asked = kind === 'terminate' ? one : wholeOf(systems, one);
  const not = cannot(kind, asked);
  return { canEnd: not === null || not.part, why: not && !not.part ? not.why : null, alone };
}

type Failed = Awaited<ReturnType<typeof drillsFailed>>;

function towards(
  kind: RevocationKind,
  systems: SystemFacts[],
  times: Measured[],
  failed: Failed,
): BlastRadius['systems'] {
  const denied = times.find((one) => one.of === 'decision');
  const decision = {
    connectorId: null,
    name: 'Decision point',
    vendor: 'braid',
    can:
      kind === 'resume' || kind === 'restore'
        ? 'decides again from the next request'
        : kind === 'rotate'
          ? 'refuses the sessions that are open from the next request'
          : 'denies from the next request',
    alsoHits: '',
    propagationMs: Math.max(Math.round(denied?.p50 ?? DECISION_MS), 1),
    slowMs: Math.max(Math.round(denied?.p95 ?? DECISION_MS), 1),
    measured: Boolean(denied),
    reversible: true,
  };
  const connected = systems
    .filter((system) => {
      const not = cannot(kind, system);
      return system.capabilities && (!not || not.part);
    })
    .map((system) => {
      const seen = times.find((one) => one.connectorId === system.connectorId);
      const { capabilities } = system;
      const drill = failed.get(system.connectorId ?? '');
      return {
        connectorId: system.connectorId,
        name: system.name,
        vendor: system.vendor,
        can: cannot(kind, system) ? PART[kind === 'rotate' ? 'rotate' : 'block'] : WORDS[kind],
        alsoHits: [alsoHits(kind, capabilities!), canaryOf(kind, system)].filter(Boolean).join(' ').slice(0, 500),
        propagationMs: Math.round(seen?.p50 ?? capabilities!.propagationMs.p50),
        slowMs: Math.round(seen?.p95 ?? capabilities!.propagationMs.max),
        measured: Boolean(seen),
        reversible: kind !== 'rotate' && capabilities!.reversible && !system.limits?.restore,
        ...(system.limits?.restore ? { irreversible: system.limits.restore } : {}),
        ...(kind === 'terminate' ? { ends: capabilities!.granularity } : {}),
        ...(system.down ? { down: system.down } : {}),
        ...(drill && closes(kind) ? { drillFailed: drill } : {}),
      };
    });
  return [decision, ...connected];
}

/** What their connectors tell of it. Ending one session touches nothing of it, and opening nothing. */
const livesOn = (kind: RevocationKind, systems: SystemFacts[]): BlastRadius['livesOn'] =>
  kind === 'terminate' || !closes(kind)
    ? []
    : systems
        .filter((system) => {
          const not = cannot(kind, system);
          return !not || not.part;
        })
        .flatMap(({ name, livesOn: of = [] }) => of.map((one) => ({ system: name, ...one })));

/** Everything read of an identity before its access changes: where it lives, what is open, and what it would hit. */
export interface Looked {
  identityId: string;
  /** For terminate: those that were asked for, ended or not. */
  sessionIds: string[];
  /** Those that are open; for the other kinds at most 200. */
  sessions: StoredSession[];
  systems: SystemFacts[];
  radius: BlastRadius;
}

/** What it would hit, what can't be ended and until when, and how long it takes as measured here, else as declared. Throws `not_found`. */
export async function look(
  kind: RevocationKind,
  identityId: string,
  sessionIds: string[],
  known?: Measured[],
): Promise<Looked> {
  const identity = await findIdentity(identityId);
  if (!identity) throw new BraidError('not_found', 'There is no such identity.');
  const [all, times, live, hit, failed] = await Promise.all([
    systemsFor(identity),
    known ?? expected(),
    kind === 'terminate' ? 0 : countLive(identityId),
    kind === 'terminate'
      ? sessionsById(sessionIds).then((found) => found.filter((session) => !session.endedAt))
      : liveSessions(identityId, SHOWN),
    drillsFailed(),
  ]);
  const systems = kind === 'terminate' ? systemsOfSessions(all, hit) : kind === 'rotate' ? rotatedOnce(all) : all;
  const sessions = hit.map((session) => ({
    id: session.id,
    label: session.label,
    source: session.source,
    ...endable(kind, session, all),
  }));
  const opens = kind === 'resume' || kind === 'restore';
  const cannotEnd = systems.map(async (system) => {
    const not = cannot(kind, system);
    if (!not) return [];
    const here = hit.filter((session) => {
      if (session.observedBy === 'declared') return false;
      const one = kind === 'terminate' ? systemOf(all, session) : wholeOf(all, systemOf(all, session));
      return one.connectorId === system.connectorId && one.name === system.name && one.why === system.why;
    });
    const instead = kind === 'terminate' && cannot('revoke', wholeOf(all, system)) === null;
    return [
      {
        what: here.length
          ? `${here.length} ${here.length === 1 ? 'session' : 'sessions'} in ${system.name}`
          : `Access in ${system.name}`,
        why: (instead ? `${not.why}: revoking ${identity.name} ends it there` : not.why).slice(0, 500),
        until: await lastExpiry(here),
        ...(instead ? { instead: 'revoke' as const } : {}),
      },
    ];
  });
  const radius = {
    identity: { id: identity.id, name: identity.name, state: identity.state, protected: identity.protected },
    sessions: opens ? [] : sessions,
    sessionsTotal: opens ? 0 : kind === 'terminate' ? sessions.length : live,
    systems: towards(kind, systems, times, failed),
    livesOn: livesOn(kind, systems),
    cannotEnd: opens ? [] : (await Promise.all(cannotEnd)).flat(),
  };
  return { identityId, sessionIds, sessions: hit, systems, radius };
}

/** How far it reaches as a whole. */
export const reachOf = (looked: readonly Looked[]): Reached => ({
  identityIds: looked.map((one) => one.identityId),
  identities: looked.length,
  sessions: looked.reduce((sum, one) => sum + one.radius.sessionsTotal, 0),
  systems: new Set(looked.flatMap((one) => one.radius.systems.flatMap((system) => system.connectorId ?? []))).size,
});

/** What a revocation would hit, and whether it takes a second operator, for the dialog before the click. */
export async function preview(ctx: Ctx, input: PreviewInput): Promise<BlastRadius> {
  authorise(ctx, 'console.read');
  const given = previewInputSchema.parse(input);
  const looked = await lookedAt(given);
  const second = await needsSecond(ctx, given.kind, reachOf([looked]));
  return second ? { ...looked.radius, second } : looked.radius;
}

async function lookedAt(given: z.output<typeof previewInputSchema>): Promise<Looked> {
  if (given.kind !== 'terminate') return look(given.kind, given.identityId, []);
  const [first] = await sessionsById(given.sessionIds);
  if (!first) throw new BraidError('not_found', 'There is no such session.');
  return look('terminate', first.identityId, given.sessionIds);
}
