// Made by lib/client/build.mjs from the sources beside this folder.
import type { ApprovalTask, Decision, Json } from './model.mjs';
/** What the decision point refused to answer, or that it could not be reached (`status` 0). */
export declare class RequestFailed extends Error {
    readonly status: number;
    /** Braid's code or the problem's type; `unreachable` when there was no answer. */
    readonly code: string;
    constructor(status: number, code: string, message: string, options?: {
        cause?: unknown;
    });
}
/** Thrown where an allow was needed and something else came. */
export declare class Denied extends Error {
    readonly decision: Decision;
    constructor(decision: Decision);
}
/** The work was done, but its hold could not be settled: it ends as its meter says. Settle it later, with the same id. */
export declare class Unsettled extends Error {
    readonly holdId: string;
    readonly result: unknown;
    constructor(holdId: string, result: unknown, options?: {
        cause?: unknown;
    });
}
/** What nobody could be asked for. */
export declare const unasked: (allowed: boolean, message: string) => Decision;
/** Anything but a clear yes is a no. */
export declare function decisionOf(answer: Json): Decision;
export declare function taskOf(answer: Json): ApprovalTask;
