import {
  type Facts,
  Failed,
  MAX_SESSIONS,
  MAX_WORKFLOW_SESSIONS,
  type Meter,
  type Question,
  type SessionSeen,
  type Touch,
  type WorkflowSeen,
} from '@/lib/policies/compiled-model';
import { ofSession, ofWorkflow } from '@/lib/policies/facts-evaluate';
import type { Value } from '@/lib/policies/rules-evaluate';
import { scopeKey } from '@/lib/policies/scope-evaluate';

// Which live sessions a live_sessions meter counts, and where this one stands among them. Pure.

/** Whose sessions count together beyond those of one identity: that have one credential or device, or whose identities have one owner. */
export interface SharedPool {
  /** Under which a question has its sessions, beside those of workflows. */
  id: string;
  kind: 'credential' | 'device' | 'owner';
  value: string;
}

const SHARED: readonly [string, SharedPool['kind']][] = [
  ['credential.id', 'credential'],
  ['session.device', 'device'],
  ['identity.owner', 'owner'],
];

/** No workflow's id looks like it. */
export const poolId = (kind: SharedPool['kind'], value: string): string => `${kind} ${value}`;

/** Whether a meter counts sessions of several identities by something they share. */
export const countsShared = ({ kind, scope }: Meter): boolean =>
  kind === 'live_sessions' &&
  !scope.includes('identity.id') &&
  !scope.includes('workflow.id') &&
  SHARED.some(([one]) => scope.includes(one));

/** Which sessions it looks at beyond the identity's own; null: none. */
export function sharedPool({ meter, key }: Pick<Touch, 'meter' | 'key'>): SharedPool | null {
  if (!countsShared(meter)) return null;
  const scopes = meter.scope.split(' + ');
  const [scope, kind] = SHARED.find(([one]) => scopes.includes(one)) ?? [];
  if (!scope || !kind) return null;
  const value = scopes.length === 1 ? key : (JSON.parse(key) as string[])[scopes.indexOf(scope)]!;
  return { id: poolId(kind, value), kind, value };
}

/** What a session has to be of, to be in a pool of this kind; an owner's are told by their identities. */
export const isOfPool = (session: SessionSeen, { kind, value }: SharedPool): boolean =>
  kind === 'credential' ? session.key === value : kind === 'device' && session.device === value;

/** Live sessions a live_sessions meter counts for this touch, this session included, oldest first. */
export function counted(touch: Touch, question: Question): SessionSeen[] {
  const { meter } = touch;
  const workflow = workflowOf(touch, question);
  const pool = beyondOwn(touch, question);
  const all = pool ?? question.sessions;
  // Every session of a pool has what it shares.
  const whole = pool ? WHOLE : OWN;
  if (!meter.where && whole.includes(meter.scope)) return all;
  return all.filter((one) => one.id === question.session.id || matches(touch, ofSession(question, one, workflow)));
}

const OWN = ['identity.id', 'workflow.id'];
const WHOLE = ['workflow.id', ...SHARED.map(([scope]) => scope)];

/** Sessions it counts among that are not only the identity's own; undefined: it counts among those. */
function beyondOwn(touch: Touch, question: Question): SessionSeen[] | undefined {
  const { workflowSessions } = question;
  if (!workflowSessions.size) return undefined;
  const id = workflowOf(touch, question)?.id ?? sharedPool(touch)?.id;
  return id === undefined ? undefined : workflowSessions.get(id);
}

/** Whether it counts among the identity's own sessions, not among those of a workflow or of others it shares something with. */
export const looksAtOwn = (touch: Touch, question: Question): boolean => beyondOwn(touch, question) === undefined;

/** So many sessions are looked at where more live than are counted, the identity's own or those beyond it; null: all are. */
export function unseenOf(touch: Touch, question: Question): number | null {
  const sessions = beyondOwn(touch, question);
  if (!sessions) return question.truncated ? MAX_SESSIONS : null;
  return sessions.length < MAX_WORKFLOW_SESSIONS ? null : MAX_WORKFLOW_SESSIONS;
}

const perWorkflow = (meter: Meter): boolean => meter.per.some((part) => part.reads.has('workflow'));

function workflowOf({ meter, key }: Touch, question: Question): WorkflowSeen | undefined {
  if (!perWorkflow(meter)) return undefined;
  const { workflows } = question.identity;
  if (meter.per.length === 1) return workflows.find((one) => one.id === key);
  return workflows.find((one) => scopeKey(meter, ofWorkflow(question, one)) === key);
}

/** What can't be told of another session counts it: a count is never too low because a source said too little. */
function matches({ meter, key }: Touch, view: Facts): boolean {
  try {
    return (meter.where?.run(view) ?? true) === true && sameScope(meter, view, key);
  } catch (error) {
    if (error instanceof Failed) return true;
    throw error;
  }
}

/** A credential is known by its key: a session without one holds another. */
function sameScope(meter: Meter, view: Facts, key: string): boolean {
  try {
    return scopeKey(meter, view) === key;
  } catch (error) {
    if (error instanceof Failed) return false;
    throw error;
  }
}

/**
 * Sessions that came before this one, and itself: the first `max` of a scope stay, those on top of them are refused. So a
 * refused session, though it is seen, never takes the place of one that was there. One that only now takes up a credential or
 * device comes after all that have it.
 */
export function rank(touch: Touch, question: Question): Value {
  const { id, startedMs } = question.session;
  const shared = sharedPool(touch);
  const pool = shared && question.workflowSessions.get(shared.id);
  const late = pool ? !pool.some((one) => one.id === id) : false;
  const older = counted(touch, question).filter(
    (one) => one.id !== id && (late || one.startedMs < startedMs || (one.startedMs === startedMs && one.id < id)),
  );
  return { settled: BigInt(older.length), held: 0n, amount: 1n };
}
