// Made by lib/client/build.mjs from the sources beside this folder.
import { Allotment } from './allotment.mjs';
import type { ApprovalTask, AskOptions, BraidOptions, Decision, HoldState, Json, Question, SearchPage } from './model.mjs';
export { Allotment, NotBelieved, type Spend } from './allotment.mjs';
export type * from './model.mjs';
export { Denied, RequestFailed, Unsettled } from './outcome.mjs';
/** What would have been decided about what was told. `error`: why it was not taken. */
export interface ToldBack {
    ref: string | null;
    allowed: boolean;
    reason: string;
    error?: string;
}
export declare class Braid {
    #private;
    constructor(options: BraidOptions);
    /** Asks one question. Throws `RequestFailed` only for what asking again does not mend: a malformed request, a wrong token. */
    evaluate(question: Question, options?: AskOptions): Promise<Decision>;
    /**
     * Asks several in one transaction, in order: what one reserves, the next one sees. What stands beside `evaluations` is the
     * default of each. Short-circuit semantics end the list at the answer that triggered them.
     */
    evaluateMany(batch: Partial<Question> & {
        evaluations: Partial<Question>[];
    }, options?: AskOptions & {
        semantic?: 'execute_all' | 'deny_on_first_deny' | 'permit_on_first_permit';
    }): Promise<Decision[]>;
    /** Pages of what would be allowed now, one result after the other. Looks only. */
    search(what: 'subject' | 'resource' | 'action', query: Json & {
        context?: Json;
    }, options?: AskOptions & {
        pageSize?: number;
    }): AsyncGenerator<Json, void, undefined>;
    searchPage(what: 'subject' | 'resource' | 'action', query: Json & {
        context?: Json;
    }, options?: AskOptions & {
        pageSize?: number;
        token?: string;
    }): Promise<SearchPage<Json>>;
    /** Says what became of a hold: the actual amount in major units, or as reserved. The same twice is the same. */
    settle(holdId: string, actual?: {
        amount?: number | string;
        attribute?: string;
    }): Promise<HoldState>;
    /** Gives a hold back: nothing of it counts. */
    release(holdId: string): Promise<HoldState>;
    /** The work goes on: the hold expires as long from now as it was first made for. */
    extend(holdId: string): Promise<HoldState>;
    /** Exposures as they stand now. `scope` is a word (account, identity, device, workload, …) or as the policy writes it. */
    exposure(query: {
        meter?: string;
        scope?: string;
        key?: string;
        set?: string;
    }): Promise<Json[]>;
    /** A task is over: its sessions are denied from the next request, and ended. */
    completeTask(taskId: string, reason?: string): Promise<{
        sessions: number;
        revocationIds: string[];
    }>;
    /**
     * Reserves, works, and says what became of it: settled when `work` resolves (with `amount(result)`, or as reserved),
     * released when it throws. Throws `Denied` before any work when it is not allowed, and `Unsettled` when the work is done and
     * the hold could not be settled.
     */
    withReservation<Result>(question: Question, work: (decision: Decision) => Promise<Result> | Result, options?: AskOptions & {
        amount?: (result: Result) => number | string;
        attribute?: string;
    }): Promise<Result>;
    /** Asks for approval of what was refused; null when the refusal says that no approval would help. */
    requestApproval(question: Question, refused: Decision, why?: {
        reason?: string;
        until?: string;
        key?: string;
    }): Promise<ApprovalTask | null>;
    /** How a request for approval stands. */
    approval(taskId: string): Promise<ApprovalTask>;
    /** Takes a request for approval back. */
    cancelApproval(taskId: string): Promise<ApprovalTask>;
    /**
     * Asks for a share of a limit beforehand, to spend where nobody can be asked; null with the refusal's reason in `denied` is a
     * refusal. The token has to be of an enforcement point in mode offline.
     */
    allot(question: Question, options: AskOptions & {
        forSecs: number;
    }): Promise<{
        allotment: Allotment;
        denied: null;
    } | {
        allotment: null;
        denied: Decision;
    }>;
    /** Opens an allotment that was given or kept, with the decision point's present keys. */
    openAllotment(given: Parameters<typeof Allotment.open>[0]): Promise<Allotment>;
    /** Says what was spent of it; the rest is given back. */
    reportAllotment(allotment: Allotment): Promise<Json>;
    /**
     * Tells afterwards what was done without asking, in its order; answers what would have been decided. All of it counts, but
     * what comes back with an `error`: that was not taken.
     */
    tell(transactions: (Question & {
        ref: string;
        at: string;
    })[]): Promise<ToldBack[]>;
}
