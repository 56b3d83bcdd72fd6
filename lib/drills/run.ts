import { setTimeout as sleep } from 'node:timers/promises';
import { systemCtx } from '@/lib/access/model';
import { ableTo } from '@/lib/connectors/able-to';
import type { CanarySession, Connection } from '@/lib/connectors/contract';
import { describeConnector } from '@/lib/connectors/describe';
import { type Opened, open } from '@/lib/connectors/open';
import { hint } from '@/lib/db/hint';
import { transaction } from '@/lib/db/transaction';
import {
  complete,
  type Measure,
  nothingYet,
  sawEntry,
  sawRevocation,
  sawSession,
  stillIn,
} from '@/lib/drills/measure-state';
import type { DrillState } from '@/lib/drills/model';
import { raiseFailed } from '@/lib/drills/raise-failed';
import { changeDrill, closeDrill, findDrill, type Stored } from '@/lib/drills/store';
import { clock } from '@/lib/platform/clock';
import { BraidError, toBraidError } from '@/lib/platform/errors';
import { log } from '@/lib/platform/log';
import { list } from '@/lib/revocations/list';
import { request } from '@/lib/revocations/request';
import { show } from '@/lib/revocations/show';

const ctx = systemCtx('drill');
const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 1_000;
/** A drill waits for a system three times as long as that says it takes, within these. */
const LEAST_MS = 15_000;
const MOST_MS = 600_000;
const BACK_MS = 60_000;

const why = { reasonCode: 'test' as const };

interface Going {
  drill: Stored;
  opened: Opened;
  /** What Braid opened as the canary before the click; null where it holds no credential. */
  session: CanarySession | null;
  /** Aborted when this worker is asked to stop. */
  signal: AbortSignal;
}

/** Comes in as the canary, or asks whether it could. Throws `conflict`: what can't come in before proves nothing after. */
async function comeIn(connection: Connection, drill: Stored): Promise<CanarySession | null> {
  if (drill.method === 'declared') {
    if (await ableTo(connection, 'canEnter').canEnter(drill.canary)) return null;
    throw new BraidError('conflict', `${drill.canary} can’t log in even now: nothing could be measured.`);
  }
  const session = await ableTo(connection, 'enterAsCanary').enterAsCanary(drill.canary);
  if (session && (await session.alive())) return session;
  throw new BraidError(
    'conflict',
    `${drill.canary} was not let in before anything was ended: nothing could be measured.`,
  );
}

async function stillLetIn(connection: Connection, drill: Stored): Promise<boolean> {
  if (drill.method === 'declared') return ableTo(connection, 'canEnter').canEnter(drill.canary);
  const entered = await ableTo(connection, 'enterAsCanary').enterAsCanary(drill.canary);
  await entered?.close().catch(() => undefined);
  return entered !== null;
}

/** Does ending its access end what was opened? A self-contained token goes on to its end, as the system says beforehand. */
const dies = (session: CanarySession | null): boolean => session !== null && session.livesUntil === undefined;

/** Tries the canary's ways in until none works and the revocation is at rest, or time is up. */
async function measure(
  { drill, opened, session, signal }: Going,
  revocationId: string,
): Promise<[Measure, state: string]> {
  const clicked = Date.parse((await show(ctx, { id: revocationId })).requestedAt);
  const since = () => Math.max(clock.ms() - clicked, 0);
  const { max } = describeConnector(opened.row.vendor, opened.row.config).capabilities.propagationMs;
  const end = clicked + Math.min(Math.max(3 * max, LEAST_MS), MOST_MS);
  let seen = nothingYet();
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 1.3, LONGEST_PAUSE_MS)) {
    seen = sawEntry(seen, since(), await stillLetIn(opened.connection, drill));
    if (session) seen = sawSession(seen, since(), await session.alive());
    const now = await show(ctx, { id: revocationId });
    const verifiedMs = now.verifiedAt ? Date.parse(now.verifiedAt) - clicked : null;
    seen = sawRevocation(seen, since(), now.state, verifiedMs);
    if (complete(seen, dies(session), now.state) || clock.ms() >= end) return [seen, now.state];
    await sleep(pause, undefined, { signal });
  }
}

/** Gives the canary its access back. Returns what went wrong, or null. */
async function giveBack(drill: Stored, signal: AbortSignal): Promise<string | null> {
  try {
    const input = { kind: 'restore' as const, identityId: drill.identityId!, ...why, reason: 'Drill over' };
    const { revocationId } = await request(ctx, input, { drill: drill.connectorId });
    for (const end = clock.ms() + BACK_MS; clock.ms() < end; await sleep(100, undefined, { signal })) {
      const { state } = await show(ctx, { id: revocationId });
      if (state === 'verified' || state === 'unverifiable') return null;
    }
    return 'The canary’s access was not given back within a minute: restore it by hand.';
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof BraidError && error.code === 'conflict') return null; // somebody opened it meanwhile
    return `The canary’s access could not be given back: ${toBraidError(error).publicMessage}`;
  }
}

async function finish(drill: Stored, state: DrillState, detail: string | null, seen?: Measure): Promise<void> {
  const at = clock.now();
  await transaction(async (tx) => {
    await closeDrill(tx, drill.id, {
      state,
      endedAt: at,
      detail: detail?.slice(0, 1000) ?? null,
      ...(seen && { ...seen, observations: seen.observations as object[] }),
    });
    await hint(tx, 'connector', [drill.connectorId]);
  });
}

/** Was its access told to end by a run that died before it could write that down? */
async function begun({ identityId, connectorId, startedAt }: Stored): Promise<boolean> {
  if (!identityId) return false;
  const { items } = await list(ctx, { identityId, connectorId, kind: 'revoke', drills: 'only', limit: 1 });
  return items.some((one) => Date.parse(one.requestedAt) >= startedAt.getTime());
}

async function exercise(going: Going): Promise<void> {
  const { drill, opened, session, signal } = going;
  const reason = `Drill of ${opened.row.name}: a canary, asked for by ${drill.actorName}`;
  const input = { kind: 'revoke' as const, identityId: drill.identityId!, ...why, reason: reason.slice(0, 2000) };
  const { revocationId } = await request(ctx, input, { drill: drill.connectorId });
  const { requestedAt } = await show(ctx, { id: revocationId });
  const told = await changeDrill(drill.id, { revocationId, clickedAt: new Date(requestedAt) });
  let seen: Measure | undefined;
  let broken: unknown;
  let read = 'requested';
  try {
    [seen, read] = await measure({ ...going, drill: told }, revocationId);
  } catch (error) {
    signal.throwIfAborted();
    broken = error;
  }
  const left = seen ? stillIn(seen, session !== null, dies(session)) : [];
  if (left.length) await transaction((tx) => raiseFailed(tx, { drill: told, system: opened.row.name, left, read }));
  const notBack = await giveBack(told, signal);
  await session?.close().catch(() => undefined);
  if (!notBack) await changeDrill(drill.id, { restoredAt: clock.now() });
  const said = [
    ...left.map((one) => `When time was up ${one}.`),
    ...(session?.livesUntil && seen?.deadMs === null
      ? [`The token it was given before lives until ${session.livesUntil}: this system takes none back.`]
      : []),
    ...(broken ? [`It could not be measured to its end: ${toBraidError(broken).publicMessage}`] : []),
    ...(seen && read !== 'verified' ? [`The revocation read ${read}.`] : []),
    ...(notBack ? [notBack] : []),
  ];
  const state = left.length ? 'failed' : broken || notBack ? 'broken' : 'passed';
  await finish(told, state, said.join(' ') || null, seen);
}

/**
 * Holds a drill: opens a session as the canary, ends its access as anybody’s is ended, tries it until a new entry is refused
 * and the open session is dead, and gives the access back; whoever pauses or revokes it in earnest meanwhile has the last word,
 * and the drill says so. Run again after its worker was killed or asked to stop, it
 * measures nothing any more, but gives back what was taken.
 */
export async function run(id: string, signal: AbortSignal): Promise<void> {
  const drill = await findDrill(id);
  if (drill?.state !== 'running') return;
  if (drill.revocationId || (await begun(drill))) {
    const notBack = await giveBack(drill, signal);
    const at = clock.now();
    await changeDrill(id, notBack ? { clickedAt: drill.clickedAt ?? drill.startedAt } : { restoredAt: at });
    return finish(drill, 'broken', ['The worker ended during the drill.', notBack ?? ''].join(' ').trim());
  }
  let session: CanarySession | null = null;
  try {
    const opened = await open(drill.connectorId);
    session = await comeIn(opened.connection, drill);
    await exercise({ drill, opened, session, signal });
  } catch (error) {
    if (signal.aborted) throw error; // run again by the next worker, which gives back what was taken
    log.warn({ err: error, drillId: id }, 'a drill could not be held');
    await session?.close().catch(() => undefined);
    await finish(drill, 'broken', toBraidError(error).publicMessage);
  }
}
