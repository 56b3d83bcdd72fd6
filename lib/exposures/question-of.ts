import { carried } from '@/lib/exposures/approval';
import { assuranceOf } from '@/lib/exposures/assurance-state';
import type { KeyRow } from '@/lib/exposures/ledger/keys';
import type { ToldBefore } from '@/lib/exposures/ledger/told';
import { locate } from '@/lib/exposures/locate';
import type { Approvals, ExposureState, Hold } from '@/lib/exposures/model';
import { type Asking, withAsked } from '@/lib/exposures/prepare';
import { taskKey } from '@/lib/exposures/who/tasks';
import type { Writes } from '@/lib/exposures/writes';
import type { CompiledSet, IdentitySeen, Question, SessionSeen } from '@/lib/policies/compiled-model';
import { MAX_SESSIONS } from '@/lib/policies/compiled-model';
import type { SharedPool } from '@/lib/policies/live-evaluate';
import type { ZonesOf } from '@/lib/zones/zone-of-state';

/** Everything a batch is judged on, read behind the locks; judging moves it on, so later items see earlier ones. */
export interface Ground {
  nowMs: number;
  sets: CompiledSet[];
  identities: Map<string, IdentitySeen>;
  sessions: Map<string, SessionSeen>;
  /** Sessions by identity, oldest first: all that are live, and those that ask. */
  live: Map<string, string[]>;
  workflowSessions: Map<string, SessionSeen[]>;
  /** Which sessions were read beside those of identities and workflows, by id. Absent: it is not known what would have to be. */
  pools?: ReadonlyMap<string, SharedPool>;
  states: Map<string, ExposureState>;
  keys: Map<string, KeyRow>;
  holds: Map<string, Hold>;
  /** Of those items that carry one; absent: none does. */
  approvals?: Approvals;
  /** What was told before, by `toldKey`; absent: nothing is told. */
  told?: Map<string, ToldBefore>;
  /** Tasks of the sessions that ask which have been declared over, by `taskKey`. */
  endedTasks?: ReadonlySet<string>;
  /** Absent: no active set reads zones. */
  zonesOf?: ZonesOf | null;
  writes: Writes;
}

/** The question an item asks of this ground, which it does not move: what it says of its session counts once it is decided. */
export function questionOf(asking: Asking, ground: Ground): Question {
  const { item, identityId, sessionId } = asking;
  const found = ground.sessions.get(sessionId)!;
  const session = found.ended ? found : withAsked(found, item);
  locate(session, ground.zonesOf);
  const live: SessionSeen[] = [];
  for (const id of ground.live.get(identityId) ?? []) {
    const one = id === sessionId ? session : ground.sessions.get(id);
    if (one && !one.ended && (id === sessionId || one.liveUntilMs === null || one.liveUntilMs > ground.nowMs)) {
      locate(one, ground.zonesOf);
      live.push(one);
    }
  }
  const approval = carried(item, identityId, ground);
  return {
    asked: item.asked,
    identity: ground.identities.get(identityId)!,
    session,
    named: item.braid.session !== undefined,
    sessions: live.length > MAX_SESSIONS ? live.slice(0, MAX_SESSIONS) : live,
    truncated: live.length > MAX_SESSIONS,
    workflowSessions: ground.workflowSessions,
    credentialId: item.braid.credential?.id ?? session.key,
    nowMs: ground.nowMs,
    assurance: assuranceOf(item, ground.nowMs),
    taskEnded:
      session.task !== null && ground.endedTasks?.has(taskKey({ issuer: item.issuer, task: session.task })) === true,
    longest: item.longest,
    sets: ground.sets,
    approval: approval.seen,
    approvalRefused: approval.refused,
  };
}
