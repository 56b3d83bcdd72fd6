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

/** Live sessions a live_sessions meter counts for this touch, this session included, oldest first. */
export function counted(touch: Touch, question: Question): SessionSeen[] {
  const { meter } = touch;
  const workflow = workflowOf(touch, question);
  const pool = (workflow && question.workflowSessions.get(workflow.id)) ?? question.sessions;
  if (!meter.where && (meter.scope === 'identity.id' || meter.scope === 'workflow.id')) return pool;
  return pool.filter((one) => one.id === question.session.id || matches(touch, ofSession(question, one, workflow)));
}

/** Whether it counts among the identity's own sessions, not among those of a workflow. */
export function looksAtOwn(touch: Touch, question: Question): boolean {
  const workflow = workflowOf(touch, question);
  return !workflow || !question.workflowSessions.has(workflow.id);
}

/** So many sessions are looked at where more live than are counted, the identity's own or those of a workflow; null: all are. */
export function unseenOf(touch: Touch, question: Question): number | null {
  if (looksAtOwn(touch, question)) return question.truncated ? MAX_SESSIONS : null;
  const sessions = question.workflowSessions.get(workflowOf(touch, question)!.id)!;
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
 * refused session, though it is seen, never takes the place of one that was there.
 */
export function rank(touch: Touch, question: Question): Value {
  const { id, startedMs } = question.session;
  const older = counted(touch, question).filter(
    (one) => one.id !== id && (one.startedMs < startedMs || (one.startedMs === startedMs && one.id < id)),
  );
  return { settled: BigInt(older.length), held: 0n, amount: 1n };
}
