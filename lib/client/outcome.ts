import type { Approval, ApprovalTask, Decision, Exposure, Json, Verdict } from './model';

/** What the decision point refused to answer, or that it could not be reached (`status` 0). */
export class RequestFailed extends Error {
  readonly status: number;
  /** Braid's code or the problem's type; `unreachable` when there was no answer. */
  readonly code: string;
  constructor(status: number, code: string, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'RequestFailed';
    this.status = status;
    this.code = code;
  }
}

/** Thrown where an allow was needed and something else came. */
export class Denied extends Error {
  readonly decision: Decision;
  constructor(decision: Decision) {
    super(decision.message ?? `Denied: ${decision.reason}`);
    this.name = 'Denied';
    this.decision = decision;
  }
}

/** The work was done, but its hold could not be settled: it ends as its meter says. Settle it later, with the same id. */
export class Unsettled extends Error {
  readonly holdId: string;
  readonly result: unknown;
  constructor(holdId: string, result: unknown, options?: { cause?: unknown }) {
    super(`Hold ${holdId} could not be settled.`, options);
    this.name = 'Unsettled';
    this.holdId = holdId;
    this.result = result;
  }
}

/** Anything but a clear yes is a no. */
export function decisionOf(answer: Json): Decision {
  const context = (answer.context ?? {}) as Json;
  const braid = (context.braid ?? {}) as Json;
  const failed = context.error as { status?: number; message?: string } | undefined;
  const text = (value: unknown): string | null => (typeof value === 'string' ? value : null);
  const allowed = answer.decision === true;
  return {
    allowed,
    verdict: (text(braid.verdict) as Verdict | null) ?? (allowed ? 'allow' : 'deny'),
    reason: text(context.reason) ?? (allowed ? 'ok' : failed ? 'request_invalid' : 'denied'),
    message: text(context.message) ?? failed?.message ?? null,
    alone: text(braid.alone) as Verdict | null,
    decisionId: text(braid.decision_id) ?? text(context.evaluation_id),
    holdId: text(braid.hold_id),
    expiresAt: text(braid.expires_at),
    exposures: (braid.exposures as Exposure[] | undefined) ?? [],
    unavailable: context.reason === 'state_unavailable',
    context,
  };
}

export function taskOf(answer: Json): ApprovalTask {
  const task = (answer.task ?? {}) as { id: string; status: string; expires_at?: string };
  const result = answer.result as { mode?: string; approval?: Approval } | undefined;
  const approval = task.status === 'approved' && result?.mode === 'reevaluate' ? (result.approval ?? null) : null;
  return { id: task.id, status: task.status, expiresAt: task.expires_at ?? null, approval };
}
