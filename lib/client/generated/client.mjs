// Made by lib/client/build.mjs from the sources beside this folder.
// The client of Braid's decision point. Needs fetch and nothing else: Node, Deno, Bun, edge runtimes, browsers' workers.
// Everything fails closed: what can't be asked is denied, unless the caller says otherwise in so many words.
import { Allotment } from './allotment.mjs';
import { Denied, decisionOf, RequestFailed, taskOf, Unsettled, unasked } from './outcome.mjs';
import { Reuse } from './reuse.mjs';
import { RETRIED, Transport } from './transport.mjs';
export { Allotment, NotBelieved } from './allotment.mjs';
export { Denied, RequestFailed, Unsettled } from './outcome.mjs';
export class Braid {
    #transport;
    #onUnavailable;
    #session;
    #reuse;
    constructor(options) {
        this.#transport = new Transport(options);
        this.#onUnavailable = options.onUnavailable ?? 'deny';
        this.#session = options.session;
        this.#reuse = options.reuseAllows ? new Reuse() : undefined;
    }
    /** Asks one question. Throws `RequestFailed` only for what asking again does not mend: a malformed request, a wrong token. */
    async evaluate(question, options = {}) {
        const body = { ...question, context: this.#context(question.context, options) };
        const asked = async () => decisionOf(await this.#transport.send('/access/v1/evaluation', { body, ...sendingOf(options) }));
        return this.#orUnavailable(() => (this.#reuse ? this.#reuse.or(body, asked) : asked()));
    }
    /**
     * Asks several in one transaction, in order: what one reserves, the next one sees. What stands beside `evaluations` is the
     * default of each. Short-circuit semantics end the list at the answer that triggered them.
     */
    async evaluateMany(batch, options = {}) {
        const context = this.#context(batch.context, options);
        const { semantic } = options;
        const body = {
            ...batch,
            context,
            evaluations: batch.evaluations.map((one) => one.context ? { ...one, context: this.#context(one.context, options) } : one),
            ...(semantic ? { options: { evaluations_semantic: semantic } } : {}),
        };
        try {
            const answer = await this.#transport.send('/access/v1/evaluations', { body, ...sendingOf(options) });
            return Array.isArray(answer.evaluations)
                ? answer.evaluations.map((one) => decisionOf(one))
                : [decisionOf(answer)];
        }
        catch (error) {
            const one = this.#unavailable(error);
            return batch.evaluations.map(() => one);
        }
    }
    /** Pages of what would be allowed now, one result after the other. Looks only. */
    async *search(what, query, options = {}) {
        let token = '';
        do {
            const page = await this.searchPage(what, query, { ...options, token });
            yield* page.results;
            token = page.nextToken;
        } while (token);
    }
    async searchPage(what, query, options = {}) {
        const page = {
            ...(options.token ? { token: options.token } : {}),
            ...(options.pageSize ? { limit: options.pageSize } : {}),
        };
        const body = { ...query, context: this.#context(query.context, options), page };
        const answer = await this.#transport.send(`/access/v1/search/${what}`, { body, ...sendingOf(options) });
        const told = answer.page;
        return { results: answer.results ?? [], nextToken: told?.next_token ?? '' };
    }
    /** Says what became of a hold: the actual amount in major units, or as reserved. The same twice is the same. */
    async settle(holdId, actual = {}) {
        return (await this.#transport.send(`/v1/holds/${encodeURIComponent(holdId)}/settle`, {
            body: actual,
        }));
    }
    /** Gives a hold back: nothing of it counts. */
    async release(holdId) {
        return (await this.#transport.send(`/v1/holds/${encodeURIComponent(holdId)}/release`, {
            body: {},
        }));
    }
    /** The work goes on: the hold expires as long from now as it was first made for. */
    async extend(holdId) {
        return (await this.#transport.send(`/v1/holds/${encodeURIComponent(holdId)}/extend`, {
            body: {},
        }));
    }
    /** Exposures as they stand now. `scope` is a word (account, identity, device, workload, …) or as the policy writes it. */
    async exposure(query) {
        const search = new URLSearchParams(Object.entries(query).filter(([, value]) => value !== undefined));
        const answer = await this.#transport.send(`/v1/exposure?${search}`, { method: 'GET' });
        return answer.items ?? [];
    }
    /** A task is over: its sessions are denied from the next request, and ended. */
    async completeTask(taskId, reason) {
        const body = reason === undefined ? {} : { reason };
        const answer = await this.#transport.send(`/v1/tasks/${encodeURIComponent(taskId)}/complete`, { body });
        return answer;
    }
    /**
     * Reserves, works, and says what became of it: settled when `work` resolves (with `amount(result)`, or as reserved),
     * released when it throws. Throws `Denied` before any work when it is not allowed, and `Unsettled` when the work is done and
     * the hold could not be settled.
     */
    async withReservation(question, work, options = {}) {
        const decision = await this.evaluate(question, options);
        if (!decision.allowed)
            throw new Denied(decision);
        let result;
        try {
            result = await work(decision);
        }
        catch (error) {
            // If giving it back fails as well, the hold expires by itself: the first error is the one that counts.
            if (decision.holdId)
                await this.release(decision.holdId).catch(() => undefined);
            throw error;
        }
        if (!decision.holdId)
            return result;
        const actual = options.amount ? { amount: options.amount(result), ...attributeOf(options) } : {};
        await this.settle(decision.holdId, actual).catch((cause) => {
            throw new Unsettled(decision.holdId, result, { cause });
        });
        return result;
    }
    /** Asks for approval of what was refused; null when the refusal says that no approval would help. */
    async requestApproval(question, refused, why = {}) {
        const offered = refused.context.access_request;
        if (refused.allowed || !offered?.expires_at)
            return null;
        const { braid: _, approval: __, ...context } = question.context ?? {};
        const body = {
            subject: question.subject,
            action: question.action,
            resource: question.resource,
            context,
            denial: {
                evaluation_id: refused.context.evaluation_id,
                evaluated_at: refused.context.evaluated_at,
                expires_at: offered.expires_at,
                reason: refused.reason,
                template: offered.template,
            },
            requested_access: { reason: why.reason, requested_until: why.until },
        };
        const key = why.key ?? globalThis.crypto.randomUUID();
        return taskOf(await this.#transport.send('/access/v1/requests', { body, headers: { 'Idempotency-Key': key } }));
    }
    /** How a request for approval stands. */
    async approval(taskId) {
        return taskOf(await this.#transport.send(`/access/v1/requests/${encodeURIComponent(taskId)}`, { method: 'GET' }));
    }
    /** Takes a request for approval back. */
    async cancelApproval(taskId) {
        return taskOf(await this.#transport.send(`/access/v1/requests/${encodeURIComponent(taskId)}/cancel`, { body: {} }));
    }
    /**
     * Asks for a share of a limit beforehand, to spend where nobody can be asked; null with the refusal's reason in `denied` is a
     * refusal. The token has to be of an enforcement point in mode offline.
     */
    async allot(question, options) {
        const body = { ...question, context: this.#context(question.context, options), for_secs: options.forSecs };
        const answer = await this.#transport.send('/v1/allotments', { body, ...sendingOf(options) });
        const given = answer.allotment;
        if (!given)
            return { allotment: null, denied: decisionOf(answer) };
        return { allotment: await this.openAllotment(given.token), denied: null };
    }
    /** Opens an allotment that was given or kept, with the decision point's present keys. */
    async openAllotment(given) {
        const [told, keys] = await Promise.all([
            this.#transport.send('/.well-known/authzen-configuration', { method: 'GET' }),
            this.#transport.send('/.well-known/jwks.json', { method: 'GET' }),
        ]);
        return Allotment.open(given, { keys: keys.keys, issuer: String(told.policy_decision_point) });
    }
    /** Says what was spent of it; the rest is given back. */
    async reportAllotment(allotment) {
        return this.#transport.send(`/v1/allotments/${allotment.id}/report`, { body: { spends: allotment.spends } });
    }
    /**
     * Tells afterwards what was done without asking, in its order; answers what would have been decided. All of it counts, but
     * what comes back with an `error`: that was not taken.
     */
    async tell(transactions) {
        const answer = await this.#transport.send('/v1/reports', { body: { transactions } });
        return answer.transactions;
    }
    #context(given, options) {
        const { braid, ...rest } = given ?? {};
        const session = options.session ?? braid?.session ?? this.#session;
        const part = {
            ...(braid ?? {}),
            ...(session ? { session } : {}),
            ...(options.credential ? { credential: options.credential } : {}),
            ...(options.idempotencyKey ? { idempotency_key: options.idempotencyKey } : {}),
            ...(options.assurance ? { assurance: options.assurance } : {}),
            ...(options.dryRun ? { dry_run: true } : {}),
        };
        return {
            ...rest,
            ...(options.approval ? { approval: options.approval } : {}),
            ...(Object.keys(part).length ? { braid: part } : {}),
        };
    }
    async #orUnavailable(ask) {
        try {
            return await ask();
        }
        catch (error) {
            return this.#unavailable(error);
        }
    }
    /** What nobody could be asked for; what was asked wrongly is the caller's to mend and never a decision. */
    #unavailable(error) {
        if (!(error instanceof RequestFailed) || !RETRIED.has(error.status) || this.#onUnavailable === 'throw')
            throw error;
        return unasked(this.#onUnavailable === 'allow', error.message);
    }
}
const sendingOf = ({ requestId, signal }) => ({ requestId, signal });
const attributeOf = ({ attribute }) => (attribute ? { attribute } : {});
