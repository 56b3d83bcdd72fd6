// Made by lib/client/build.mjs from the sources beside this folder.
/** What the decision point refused to answer, or that it could not be reached (`status` 0). */
export class RequestFailed extends Error {
    status;
    /** Braid's code or the problem's type; `unreachable` when there was no answer. */
    code;
    constructor(status, code, message, options) {
        super(message, options);
        this.name = 'RequestFailed';
        this.status = status;
        this.code = code;
    }
}
/** Thrown where an allow was needed and something else came. */
export class Denied extends Error {
    decision;
    constructor(decision) {
        super(decision.message ?? `Denied: ${decision.reason}`);
        this.name = 'Denied';
        this.decision = decision;
    }
}
/** The work was done, but its hold could not be settled: it ends as its meter says. Settle it later, with the same id. */
export class Unsettled extends Error {
    holdId;
    result;
    constructor(holdId, result, options) {
        super(`Hold ${holdId} could not be settled.`, options);
        this.name = 'Unsettled';
        this.holdId = holdId;
        this.result = result;
    }
}
/** What is asked for: as AuthZEN's context says it, or, where the rule names none, as the obligation does. */
function acrOf(context, obligations) {
    if (Array.isArray(context.acr_values))
        return context.acr_values;
    return obligations.flatMap(({ type, properties }) => type === 'step-up' && typeof properties?.acr_value === 'string' ? [properties.acr_value] : []);
}
/** What nobody could be asked for. */
export const unasked = (allowed, message) => ({
    ...decisionOf({ decision: allowed }),
    reason: 'pdp_unavailable',
    message,
    unavailable: true,
});
/** Anything but a clear yes is a no. */
export function decisionOf(answer) {
    const context = (answer.context ?? {});
    const braid = (context.braid ?? {});
    const failed = context.error;
    const text = (value) => (typeof value === 'string' ? value : null);
    const number = (value) => (typeof value === 'number' ? value : null);
    const list = (value) => (Array.isArray(value) ? value : []);
    const allowed = answer.decision === true;
    const obligations = list(context.obligations);
    return {
        allowed,
        verdict: text(braid.verdict) ?? (allowed ? 'allow' : 'deny'),
        reason: text(context.reason) ?? (allowed ? 'ok' : failed ? 'request_invalid' : 'denied'),
        message: text(context.message) ?? failed?.message ?? null,
        alone: text(braid.alone),
        decisionId: text(braid.decision_id) ?? text(context.evaluation_id),
        ruleId: text(braid.rule_id),
        policySet: text(braid.policy_set),
        acrValues: acrOf(context, obligations),
        maxAge: number(context.max_age),
        obligations,
        warnings: list(braid.warnings).map((one) => ({
            ruleId: one.rule_id,
            percent: one.percent,
        })),
        usableSecs: number(braid.usable_secs),
        reused: false,
        holdId: text(braid.hold_id),
        expiresAt: text(braid.expires_at),
        exposures: braid.exposures ?? [],
        unavailable: context.reason === 'state_unavailable',
        context,
    };
}
export function taskOf(answer) {
    const task = (answer.task ?? {});
    const result = answer.result;
    const approval = task.status === 'approved' && result?.mode === 'reevaluate' ? (result.approval ?? null) : null;
    return { id: task.id, status: task.status, expiresAt: task.expires_at ?? null, approval };
}
