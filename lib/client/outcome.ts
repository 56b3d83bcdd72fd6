import type { Approval, ApprovalTask, Decision, Exposure, Json, Obligation, Verdict } from './model';

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

/** What is asked for: as AuthZEN's context says it, or, where the rule names none, as the obligation does. */
function acrOf(context: Json, obligations: Obligation[]): string[] {
  if (Array.isArray(context.acr_values)) return context.acr_values as string[];
  return obligations.flatMap(({ type, properties }) =>
    type === 'step-up' && typeof properties?.acr_value === 'string' ? [properties.acr_value] : [],
  );
}

/** What nobody could be asked for. */
export const unasked = (allowed: boolean, message: string): Decision => ({
  ...decisionOf({ decision: allowed }),
  reason: 'pdp_unavailable',
  message,
  unavailable: true,
});

/** Anything but a clear yes is a no. */
export function decisionOf(answer: Json): Decision {
  const context = (answer.context ?? {}) as Json;
  const braid = (context.braid ?? {}) as Json;
  const failed = context.error as { status?: number; message?: string } | undefined;
  const text = (value: unknown): string | null => (typeof value === 'string' ? value : null);
  const number = (value: unknown): number | null => (typeof value === 'number' ? value : null);
  const list = <One>(value: unknown): One[] => (Array.isArray(value) ? (value as One[]) : []);
  const allowed = answer.decision === true;
  const obligations = list<Obligation>(context.obligations);
  return {
    allowed,
    verdict: (text(braid.verdict) as Verdict | null) ?? (allowed ? 'allow' : 'deny'),
    reason: text(context.reason) ?? (allowed ? 'ok' : failed ? 'request_invalid' : 'denied'),
    message: text(context.message) ?? failed?.message ?? null,
    alone: text(braid.alone) as Verdict | null,
    decisionId: text(braid.decision_id) ?? text(context.evaluation_id),
    ruleId: text(braid.rule_id),
    policySet: text(braid.policy_set),
    acrValues: acrOf(context, obligations),
    maxAge: number(context.max_age),
    obligations,
    warnings: list<{ rule_id: string; percent: number }>(braid.warnings).map((one) => ({
      ruleId: one.rule_id,
      percent: one.percent,
    })),
    usableSecs: number(braid.usable_secs),
    reused: false,
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
