import type { Item } from '@/lib/decisions/request-model';
import { assuranceOf } from '@/lib/exposures/assurance-state';
import { expireHold } from '@/lib/exposures/close';
import { stateNow } from '@/lib/exposures/former-state';
import type { Lane } from '@/lib/exposures/lane/store';
import { endedSessions } from '@/lib/exposures/ledger/members';
import { load, readHolds } from '@/lib/exposures/ledger/store';
import { locate } from '@/lib/exposures/locate';
import { onSnapshot } from '@/lib/exposures/look/store';
import { type ExposureState, strangerLabel } from '@/lib/exposures/model';
import { activeSets, withAsked } from '@/lib/exposures/prepare';
import { regrow } from '@/lib/exposures/regrow';
import { advance } from '@/lib/exposures/state';
import { addSessions, bindingQueries } from '@/lib/exposures/who/beyond';
import { readIdentities } from '@/lib/exposures/who/identities';
import { readBinding, readLive } from '@/lib/exposures/who/read-binding';
import { aliasKey, type Found, find, groupKey, readSessions } from '@/lib/exposures/who/store';
import { endedTasks, taskKey } from '@/lib/exposures/who/tasks';
import { noWrites } from '@/lib/exposures/writes';
import { derivedId } from '@/lib/platform/ids';
import {
  type ApprovalSeen,
  type CompiledSet,
  type IdentitySeen,
  MAX_SESSIONS,
  type Question,
  type SessionSeen,
  type Touched,
} from '@/lib/policies/compiled-model';
import { evaluate, type Judgement } from '@/lib/policies/evaluate';
import { sharedPool } from '@/lib/policies/live-evaluate';
import { touch, withFormer } from '@/lib/policies/touch';
import type { ZonesOf } from '@/lib/zones/zone-of-state';

/** What an item would come to now, with the question it was judged on. */
export interface Looked {
  judgement: Judgement;
  question: Question;
  /** What it would move, as it stands now; live sessions are in the question. */
  exposures: LookedExposure[];
}

/** One exposure now, and what it would be if this were allowed. Minor units. */
export interface LookedExposure {
  exposureId: string;
  set: string;
  meter: string;
  kind: string;
  scope: string;
  key: string;
  unit: string | null;
  scale: number;
  limit: bigint | null;
  settled: bigint;
  held: bigint;
  asked: bigint;
  /** Sessions with a share in it, the largest first; at most ten. */
  shares: { sessionId: string; identityId: string; label: string; settled: bigint; held: bigint }[];
}

/**
 * Judges items as they would be decided now, each for itself, as of one instant. Nothing is locked, reserved, recorded or
 * logged: what is looked at so is no decision, and by the time it is asked for it may come out otherwise. `approval`: as if
 * each carried it. Throws `state_unavailable`.
 */
export function look(items: Item[], approval: ApprovalSeen | null = null): Promise<Looked[]> {
  return onSnapshot(async (lane) => {
    const sets = await activeSets(lane);
    const moment = await readBinding(lane.client, [], []);
    const nowMs = moment.now.getTime();
    const seen = await whoAsks(lane, items);
    const questions = items.map((item) => ({
      ...questionOf(item, seen, nowMs, lane.known.sets?.zonesOf ?? null),
      sets,
      approval,
    }));
    const named = questions.map(({ session }, index) => ({ issuer: items[index]!.issuer, task: session.task ?? '' }));
    const over = await endedTasks(
      lane.client,
      named.filter((one) => one.task),
    );
    const asked = questions.map((question, index): [Question, Touched] => {
      const whole = { ...question, taskEnded: over.has(taskKey(named[index]!)) };
      return [whole, touch(whole)];
    });
    const touched = asked.map(([, one]) => one);
    const pools = touched.flatMap(({ touches }) => touches.flatMap((one) => sharedPool(one) ?? []));
    for (const { id } of pools) seen.workflowSessions.set(id, []);
    const all = [...new Map(pools.map((pool) => [pool.id, pool])).values()];
    if (all.length) addSessions(await lane.client.query(bindingQueries.sharedSessions(all)), seen.workflowSessions);
    const states = await statesOf(lane, { nowMs, sets, touched });
    return asked.map(([question, touched]) => {
      const judgement = evaluate(question, touched, states);
      return { question, judgement, exposures: exposuresOf(touched, states, judgement) };
    });
  });
}

function exposuresOf(
  { touches }: Touched,
  states: Map<string, ExposureState>,
  { limits }: Judgement,
): LookedExposure[] {
  return touches
    .filter((one) => one.meter.kind !== 'live_sessions')
    .map((touch) => {
      const { exposureId, set, meter, key, amount } = touch;
      const state = stateNow(touch, states);
      const [settled, held] = [state?.settled ?? 0n, state?.held ?? 0n];
      const { name, kind, scope, unit, scale } = meter;
      const limit = limits.get(exposureId)?.max ?? null;
      return {
        exposureId,
        set,
        meter: name,
        kind,
        scope,
        key,
        unit,
        scale,
        limit,
        settled,
        held,
        asked: settled + held + amount,
        shares: state ? sharesOf(state) : [],
      };
    });
}

const MAX_SHARES = 10;

const sharesOf = (state: ExposureState): LookedExposure['shares'] =>
  [...state.sums]
    .map(([sessionId, { settled, held }]) => ({ sessionId, settled, held, name: state.names.get(sessionId) }))
    .filter((one) => one.settled + one.held > 0n)
    .sort((a, b) => Number(b.settled + b.held - a.settled - a.held))
    .slice(0, MAX_SHARES)
    .map(({ name, ...one }) => ({
      ...one,
      identityId: name?.identityId ?? '',
      label: name?.label ?? strangerLabel(one.sessionId),
    }));

interface Seen {
  found: Found;
  identities: Map<string, IdentitySeen>;
  live: Map<string, SessionSeen[]>;
  workflowSessions: Map<string, SessionSeen[]>;
}

async function whoAsks(lane: Lane, items: Item[]): Promise<Seen> {
  const { client, known } = lane;
  const found = await find(client, items);
  const ids = [...new Set(found.identities.values())].sort();
  const liveIds = new Map(
    [...(await readLive(client, ids))].map(([id, live]): [string, string[]] => [id, live.map((one) => one.id)]),
  );
  await readSessions(client, known, [...liveIds.values()].flat());
  const members = await client.query(bindingQueries.workflowSessions(ids));
  const workflowSessions = new Map<string, SessionSeen[]>();
  addSessions(members, workflowSessions);
  return {
    found,
    identities: await readIdentities(client, ids),
    live: new Map(
      [...liveIds].map(([id, sessions]) => [id, sessions.flatMap((one) => known.sessions.get(one)?.session ?? [])]),
    ),
    workflowSessions,
  };
}

function questionOf(item: Item, seen: Seen, nowMs: number, zonesOf: ZonesOf | null): Omit<Question, 'sets'> {
  const identity = seen.identities.get(seen.found.identities.get(aliasKey(item)) ?? '') ?? stranger(item);
  const session = sessionOf(item, identity, seen, nowMs);
  const live = seen.live.get(identity.id) ?? [];
  const sessions = live.some((one) => one.id === session.id)
    ? live.map((one) => (one.id === session.id ? session : one))
    : [...live, session];
  for (const one of sessions) locate(one, zonesOf);
  return {
    asked: item.asked,
    identity,
    session,
    named: item.braid.session !== undefined,
    sessions: sessions.slice(0, MAX_SESSIONS),
    truncated: sessions.length > MAX_SESSIONS,
    workflowSessions: seen.workflowSessions,
    credentialId: item.braid.credential?.id ?? session.key,
    nowMs,
    assurance: assuranceOf(item, nowMs),
    longest: item.longest,
  };
}

/** Somebody nobody has seen or declared as an identity yet: what a first request of theirs would be taken for. */
const stranger = ({ issuer, asked: { subject } }: Item): IdentitySeen => ({
  id: derivedId('identity', issuer, subject.type, subject.id),
  name: subject.id,
  kind: 'service_account',
  state: 'active',
  managed: false,
  protected: false,
  environment: null,
  owner: null,
  purpose: null,
  concurrencyLimit: null,
  workflows: [],
});

/** The session a request would come from: the one it names, or one that would begin with it. */
function sessionOf(item: Item, identity: IdentitySeen, { found }: Seen, nowMs: number): SessionSeen {
  const named = item.braid.session?.id;
  const key = groupKey(item);
  const known =
    found.sessions.get(`${identity.id} ${key}`) ?? (named ? found.sessions.get(`${identity.id} ${named}`) : undefined);
  const over = known?.ended && known.source === 'pdp' && (known.endedBy === 'timeout' || (!named && known.outlived));
  if (known && !over) return known.ended ? known : withAsked(known, item);
  return withAsked(
    {
      ...blank,
      id: derivedId('session', identity.id, key),
      identityId: identity.id,
      startedMs: nowMs,
      lastEventMs: nowMs,
    },
    item,
  );
}

const blank: Omit<SessionSeen, 'id' | 'identityId' | 'startedMs' | 'lastEventMs'> = {
  label: '',
  source: 'pdp',
  observedBy: 'declared',
  kind: 'api',
  state: 'live',
  liveUntilMs: null,
  ended: false,
  network: null,
  region: null,
  device: null,
  runtime: null,
  agent: null,
  key: null,
  tags: [],
  task: null,
  scope: null,
};

/** Touched exposures brought up to now: what left its window is gone, and holds past their time are closed as they would be. */
async function statesOf(
  lane: Lane,
  { nowMs, sets, touched }: { nowMs: number; sets: CompiledSet[]; touched: Touched[] },
): Promise<Map<string, ExposureState>> {
  const touches = withFormer(touched.flatMap((one) => one.touches));
  const ids = [...new Set(touches.map((one) => one.exposureId))];
  const states = await load(
    lane,
    ids.map((id) => ({ id, version: -1n })),
  );
  await regrow(lane.client, { touches, sets, states, nowMs });
  const spans = new Map(touches.map(({ exposureId, meter }) => [exposureId, meter.windowSecs ?? meter.holdSecs]));
  const ended = await endedSessions(lane.client, states.values());
  const due = new Set<string>();
  for (const state of states.values()) {
    const counted = ['sum', 'count', 'distinct'].includes(state.kind);
    advance(state, nowMs, counted ? state.windowSecs : (spans.get(state.id) ?? null), ended);
    for (const line of state.lines.values()) if (line.expiresMs <= nowMs) due.add(line.holdId);
  }
  const writes = noWrites(nowMs);
  for (const hold of await readHolds(lane.client, [...due])) {
    const lines = hold.lines.filter((line) => states.has(line.exposureId));
    expireHold({ ...hold, lines }, states, writes);
  }
  return states;
}
