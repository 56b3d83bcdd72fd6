// Made by lib/client/build.mjs from the sources beside this folder.
export interface Entity {
    type: string;
    id: string;
    properties?: Record<string, unknown>;
}
export interface Action {
    name: string;
    properties?: Record<string, unknown>;
}
/** Where a request comes from, as the caller vouches for it. Absent: one implicit session of token and subject. */
export interface SessionContext {
    id: string;
    network?: string;
    region?: string;
    device?: string;
    runtime?: string;
    agent?: string;
    key?: string;
    tags?: string[];
    task?: string;
    scope?: string;
    /** What its device or platform attests, in whatever words policies read. */
    posture?: string;
    /** Autonomous system of its network: `AS64500`, or a number. */
    asn?: string | number;
    kind?: 'browser' | 'tab' | 'api' | 'agent' | 'worker' | 'service' | 'database' | 'job';
    label?: string;
}
/** How strongly who asks was authenticated, as the caller has verified it: what satisfies a step-up. */
export interface Assurance {
    acr: string;
    /** When it was given, ISO 8601; absent: with this request. */
    at?: string;
    amr?: string[];
}
export interface Question {
    subject: Entity;
    action: Action;
    resource: Entity;
    context?: Record<string, unknown>;
}
export interface AskOptions {
    session?: SessionContext;
    credential?: {
        id: string;
    };
    /** Asked again with what a `step_up` wanted (`acrValues`), it is satisfied. */
    assurance?: Assurance;
    /** Asks again under this key get the same answer and count once, also from another process; 24 h. */
    idempotencyKey?: string;
    /** Looks only: nothing is reserved. */
    dryRun?: boolean;
    /** An approval this question was given: `await braid.approval(...)`. */
    approval?: Approval;
    /** Sent as X-Request-ID; made if absent. */
    requestId?: string;
    signal?: AbortSignal;
}
export type Verdict = 'allow' | 'step_up' | 'pause' | 'deny';
/** One exposure as the decision saw it: minor units as decimal strings. */
export interface Exposure {
    /** Policy set the meter is of: sets may have meters of one name. */
    set: string;
    meter: string;
    scope: string;
    key: string;
    unit?: string;
    scale: number;
    limit?: string;
    settled: string;
    held: string;
    after: string;
}
/** What the caller has to do with the answer; one it does not know means that it has to treat it as a denial (AuthZEN). */
export interface Obligation {
    id: string;
    type: 'step-up' | 'notification' | 'session_termination' | 'custom' | (string & {});
    properties: Record<string, unknown>;
}
/** A limit that is not crossed, and near. */
export interface Warning {
    ruleId: string;
    /** Of the limit: 80 or 90, or as the rule says. */
    percent: number;
}
export interface Decision {
    allowed: boolean;
    verdict: Verdict;
    /** Stable, machine-readable: `ok`, `aggregate_value_exceeded`, `state_unavailable`, … */
    reason: string;
    message: string | null;
    /** What a per-session control would have said. */
    alone: Verdict | null;
    decisionId: string | null;
    /** The rule that decided, and its policy set. */
    ruleId: string | null;
    policySet: string | null;
    /** step_up: what satisfies it, any of them; ask again with `assurance: { acr }`. */
    acrValues: string[];
    /** step_up: how old, in seconds, the assurance may be; null: as old as it is. */
    maxAge: number | null;
    obligations: Obligation[];
    warnings: Warning[];
    /** Seconds for which this allow may be acted on without asking again; null: not at all. */
    usableSecs: number | null;
    /** An earlier answer to the same question that was still usable: the decision point was not asked. */
    reused: boolean;
    /** To settle or release, where a meter holds until it is told what became of it. */
    holdId: string | null;
    expiresAt: string | null;
    exposures: Exposure[];
    /** The decision point could not be asked; `allowed` is what the client was told to do then. */
    unavailable: boolean;
    /** AuthZEN's open context, whole. */
    context: Record<string, unknown>;
}
export interface Approval {
    id: string;
    approved_at?: string;
    approved_until: string;
}
export interface ApprovalTask {
    id: string;
    status: 'pending' | 'approved' | 'denied' | 'expired' | 'cancelled' | (string & {});
    expiresAt: string | null;
    /** Only when approved. */
    approval: Approval | null;
}
export interface SearchPage<Result> {
    results: Result[];
    /** '' = there is no more. */
    nextToken: string;
}
export interface HoldState {
    id: string;
    state: 'held' | 'settled' | 'released' | 'expired';
    expiresAt: string;
}
export interface BraidOptions {
    /** Of the decision point: `https://pdp.example.com`. */
    url: string;
    /** API token with scope `decide`. */
    token: string;
    /** One attempt at most, ms. */
    timeoutMs?: number;
    /** Attempts after the first, with the same request id, so that whatever was decided counts once. */
    retries?: number;
    /** What a decision is when nobody could be asked. `throw`: an error instead. */
    onUnavailable?: 'deny' | 'allow' | 'throw';
    /** Sent with every question that names none. */
    session?: SessionContext;
    /**
     * Reuses an allow for the same question as long as its `usableSecs` says, which only enforcement points in mode bounded are
     * told. Never one that counted, reserved or obliges to something. Off by default: what happens meanwhile is not seen.
     */
    reuseAllows?: boolean;
    fetch?: typeof globalThis.fetch;
}
export type Json = Record<string, unknown>;
