import type { BulkGiven, BulkRow, Radius } from '@/lib/revocations/bulk-model';
import { whyNot, whyNotSession } from '@/lib/revocations/eligible-state';
import { expected, type Measured } from '@/lib/revocations/measured/store';
import type { RevocationKind } from '@/lib/revocations/model';
import { nowhere } from '@/lib/revocations/plan';
import { canaryOf, type Looked, look } from '@/lib/revocations/preview';
import { identityNames, sessionsById } from '@/lib/revocations/store';

/** Looked at beside each other. */
const WIDE = 8;

export interface Assessed {
  rows: BulkRow[];
  radius: Radius;
  /** Of what is taken. */
  identityIds: string[];
}

async function eachOf<T, R>(all: readonly T[], work: (one: T) => Promise<R>): Promise<R[]> {
  const done: R[] = [];
  for (let at = 0; at < all.length; at += WIDE) done.push(...(await Promise.all(all.slice(at, at + WIDE).map(work))));
  return done;
}

/** The canary first: who chose many rows did not look for it. */
function limitsOf(kind: RevocationKind, looked: Looked): string | null {
  const canary = looked.systems.flatMap((system) => canaryOf(kind, system) ?? []);
  const said = [...canary, ...looked.radius.cannotEnd.map((one) => `${one.what}: ${one.why}`)];
  return said.length ? said.join('; ').slice(0, 500) : null;
}

const connected = (looked: Looked): string[] =>
  looked.radius.systems.filter((system) => system.connectorId !== null).map((system) => system.name);

async function ofIdentities(kind: Exclude<RevocationKind, 'terminate'>, ids: string[], times: Measured[]) {
  const known = new Map((await identityNames(ids)).map((one) => [one.id, one]));
  return eachOf(ids, async (id): Promise<BulkRow> => {
    const identity = known.get(id);
    if (!identity) return { ...missing(id), why: 'there is no such identity' };
    const looked = await look(kind, id, [], times);
    const why = whyNot(kind, identity) ?? (kind === 'rotate' ? nowhere(looked.systems) : null);
    return {
      id,
      name: identity.name,
      identityId: id,
      identityName: identity.name,
      state: identity.state,
      sessions: looked.radius.sessionsTotal,
      systems: connected(looked),
      eligible: why === null,
      why,
      limits: why === null ? limitsOf(kind, looked) : null,
      revocationId: null,
    };
  });
}

const missing = (id: string): BulkRow => ({
  id,
  name: id,
  identityId: null,
  identityName: '',
  state: 'unknown',
  sessions: 0,
  systems: [],
  eligible: false,
  why: null,
  limits: null,
  revocationId: null,
});

async function ofSessions(ids: string[], times: Measured[]): Promise<BulkRow[]> {
  const sessions = new Map((await sessionsById(ids)).map((one) => [one.id, one]));
  const owners = [...new Set([...sessions.values()].map((one) => one.identityId))];
  const looked = await eachOf(owners, (identityId) =>
    look(
      'terminate',
      identityId,
      ids.filter((id) => sessions.get(id)?.identityId === identityId),
      times,
    ),
  );
  const byOwner = new Map(looked.map((one) => [one.identityId, one]));
  return ids.map((id) => {
    const session = sessions.get(id);
    const owner = session && byOwner.get(session.identityId);
    if (!session || !owner) return { ...missing(id), why: 'there is no such session' };
    const { identity } = owner.radius;
    const why = whyNotSession(session, identity);
    const shown = owner.radius.sessions.find((one) => one.id === id);
    const system = owner.systems.find((one) => one.connectorId && one.connectorId === session.connectorId);
    return {
      id,
      name: session.label,
      identityId: identity.id,
      identityName: identity.name,
      state: session.endedAt ? 'ended' : 'live',
      sessions: why === null ? 1 : 0,
      systems: system && shown?.canEnd ? [system.name] : [],
      eligible: why === null,
      why,
      limits: why === null && shown && !shown.canEnd ? (shown.why ?? 'no connector') : null,
      revocationId: null,
    };
  });
}

/** Identities of the rows that are taken. */
export const takenOf = (rows: readonly BulkRow[]): string[] => [
  ...new Set(rows.flatMap((row) => (row.eligible && row.identityId ? [row.identityId] : []))),
];

/** Sorts what was asked for into rows that are taken and rows that are left out, each with why, and says how far it reaches. */
export async function assess(given: BulkGiven): Promise<Assessed> {
  const times = await expected();
  const rows =
    given.kind === 'terminate'
      ? await ofSessions([...new Set(given.sessionIds)], times)
      : await ofIdentities(given.kind, [...new Set(given.identityIds)], times);
  const taken = rows.filter((row) => row.eligible);
  const identityIds = takenOf(rows);
  return {
    rows,
    identityIds,
    radius: {
      identities: identityIds.length,
      sessions: taken.reduce((sum, row) => sum + row.sessions, 0),
      systems: new Set(taken.flatMap((row) => row.systems)).size,
    },
  };
}
