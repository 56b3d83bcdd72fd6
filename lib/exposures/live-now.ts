import { PLAIN_SESSION } from '@/lib/decisions/seen';
import type { Lane } from '@/lib/exposures/lane/store';
import { locate } from '@/lib/exposures/locate';
import { onSnapshot } from '@/lib/exposures/look/store';
import type { ExposureView } from '@/lib/exposures/model';
import { activeSets } from '@/lib/exposures/prepare';
import { readIdentities } from '@/lib/exposures/who/identities';
import { liveOf, livePool } from '@/lib/exposures/who/live';
import type { CompiledSet, Meter, Question, SessionSeen } from '@/lib/policies/compiled-model';
import { counted, sharedPool } from '@/lib/policies/live-evaluate';

const SIMPLE = ['identity.id', 'workflow.id', 'credential.id'];
const MOST_CONTRIBUTORS = 50;

/** The meter of a view that counts live sessions by more than whose they are; undefined for every other view. */
function filtered(view: ExposureView, sets: readonly CompiledSet[]): Meter | undefined {
  if (view.kind !== 'live_sessions') return undefined;
  const set = sets.find((one) => one.name === view.set && one.mode === 'enforce');
  const meter = set?.meters.find((one) => one.name === view.meter && one.kind === 'live_sessions');
  return meter && (meter.where || !SIMPLE.includes(meter.scope)) ? meter : undefined;
}

/** Views of filtered live sessions with those sessions that their policy counts now; all others as they are. */
export async function liveNow(views: ExposureView[]): Promise<ExposureView[]> {
  if (!views.some((view) => view.kind === 'live_sessions')) return views;
  return onSnapshot(async (lane) => {
    const sets = await activeSets(lane);
    const found: ExposureView[] = [];
    for (const view of views) {
      const meter = filtered(view, sets);
      found.push(meter ? withSessions(view, await sessionsFor(lane, view, meter)) : view);
    }
    return found;
  });
}

function withSessions(view: ExposureView, sessions: SessionSeen[]): ExposureView {
  const left = view.limit === null ? null : BigInt(view.limit) - BigInt(sessions.length);
  return {
    ...view,
    settled: String(sessions.length),
    available: left === null ? null : (left > 0n ? left : 0n).toString(),
    contributors: sessions.slice(0, MOST_CONTRIBUTORS).map((one) => ({
      sessionId: one.id,
      identityId: one.identityId,
      label: one.label,
      settled: '1',
      held: '0',
    })),
  };
}

async function sessionsFor(lane: Lane, { id, set, key }: ExposureView, meter: Meter) {
  const parts = meter.per.length === 1 ? [key] : (JSON.parse(key) as string[]);
  const scopes = meter.scope.split(' + ');
  const identityId = parts[scopes.indexOf('identity.id')];
  const workflowId = parts[scopes.indexOf('workflow.id')];
  const pool = sharedPool({ meter, key });
  if (!identityId && !workflowId && !pool) return [];
  const { identityIds, sessions, nowMs } = await (pool
    ? livePool(lane, pool)
    : liveOf(lane, { identityId, workflowId }));
  for (const one of sessions) locate(one, lane.known.sets?.zonesOf);
  const identity = (await readIdentities(lane.client, identityIds.slice(0, 1))).get(identityIds[0] ?? '');
  if (!identity) return [];
  const nobody: SessionSeen = {
    ...PLAIN_SESSION,
    id: '',
    identityId: identity.id,
    label: '',
    startedMs: 0,
    lastEventMs: 0,
  };
  const question: Question = {
    asked: { subject: { type: '', id: '' }, action: { name: '' }, resource: { type: '', id: '' }, context: {} },
    identity,
    session: nobody,
    named: false,
    sessions,
    truncated: false,
    workflowSessions: new Map(pool ? [[pool.id, sessions]] : workflowId ? [[workflowId, sessions]] : []),
    credentialId: null,
    nowMs,
    longest: 0,
    sets: [],
  };
  return counted({ set, meter, key, exposureId: id, amount: 0n }, question);
}
