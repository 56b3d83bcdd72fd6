// The client of Braid's decision point. Needs fetch and nothing else: Node, Deno, Bun, edge runtimes, browsers' workers.
// Everything fails closed: what can't be asked is denied, unless the caller says otherwise in so many words.

import { Allotment } from './allotment';
import type {
  ApprovalTask,
  AskOptions,
  BraidOptions,
  Decision,
  HoldState,
  Json,
  Question,
  SearchPage,
  SessionContext,
} from './model';
import { Denied, decisionOf, RequestFailed, taskOf, Unsettled, unasked } from './outcome';
import { Reuse } from './reuse';
import { RETRIED, type Sent, Transport } from './transport';

export { Allotment, NotBelieved, type Spend } from './allotment';
export type * from './model';
export { Denied, RequestFailed, Unsettled } from './outcome';

/** What would have been decided about what was told. `error`: why it was not taken. */
export interface ToldBack {
  ref: string | null;
  allowed: boolean;
  reason: string;
  error?: string;
}

export class Braid {
  readonly #transport: Transport;
  readonly #onUnavailable: 'deny' | 'allow' | 'throw';
  readonly #session: SessionContext | undefined;
  readonly #reuse: Reuse | undefined;

  constructor(options: BraidOptions) {
    this.#transport = new Transport(options);
    this.#onUnavailable = options.onUnavailable ?? 'deny';
    this.#session = options.session;
    this.#reuse = options.reuseAllows ? new Reuse() : undefined;
  }

  /** Asks one question. Throws `RequestFailed` only for what asking again does not mend: a malformed request, a wrong token. */
  async evaluate(question: Question, options: AskOptions = {}): Promise<Decision> {
    const body = { ...question, context: this.#context(question.context, options) };
    const asked = async (): Promise<Decision> =>
      decisionOf(await this.#transport.send('/access/v1/evaluation', { body, ...sendingOf(options) }));
    return this.#orUnavailable(() => (this.#reuse ? this.#reuse.or(body, asked) : asked()));
  }

  /**
   * Asks several in one transaction, in order: what one reserves, the next one sees. What stands beside `evaluations` is the
   * default of each. Short-circuit semantics end the list at the answer that triggered them.
   */
  async evaluateMany(
    batch: Partial<Question> & { evaluations: Partial<Question>[] },
    options: AskOptions & { semantic?: 'execute_all' | 'deny_on_first_deny' | 'permit_on_first_permit' } = {},
  ): Promise<Decision[]> {
    const context = this.#context(batch.context, options);
    const { semantic } = options;
    const body = {
      ...batch,
      context,
      evaluations: batch.evaluations.map((one) =>
        one.context ? { ...one, context: this.#context(one.context, options) } : one,
      ),
      ...(semantic ? { options: { evaluations_semantic: semantic } } : {}),
    };
    try {
      const answer = await this.#transport.send('/access/v1/evaluations', { body, ...sendingOf(options) });
      return Array.isArray(answer.evaluations)
        ? answer.evaluations.map((one) => decisionOf(one as Json))
        : [decisionOf(answer)];
    } catch (error) {
      const one = this.#unavailable(error);
      return batch.evaluations.map(() => one);
    }
  }

  /** Pages of what would be allowed now, one result after the other. Looks only. */
  async *search(
    what: 'subject' | 'resource' | 'action',
    query: Json & { context?: Json },
    options: AskOptions & { pageSize?: number } = {},
  ): AsyncGenerator<Json, void, undefined> {
    let token = '';
    do {
      const page = await this.searchPage(what, query, { ...options, token });
      yield* page.results;
      token = page.nextToken;
    } while (token);
  }

  async searchPage(
    what: 'subject' | 'resource' | 'action',
    query: Json & { context?: Json },
    options: AskOptions & { pageSize?: number; token?: string } = {},
  ): Promise<SearchPage<Json>> {
    const page = {
      ...(options.token ? { token: options.token } : {}),
      ...(options.pageSize ? { limit: options.pageSize } : {}),
    };
    const body = { ...query, context: this.#context(query.context, options), page };
    const answer = await this.#transport.send(`/access/v1/search/${what}`, { body, ...sendingOf(options) });
    const told = answer.page as { next_token?: string } | undefined;
    return { results: (answer.results as Json[] | undefined) ?? [], nextToken: told?.next_token ?? '' };
  }

  /** Says what became of a hold: the actual amount in major units, or as reserved. The same twice is the same. */
  async settle(holdId: string, actual: { amount?: number | string; attribute?: string } = {}): Promise<HoldState> {
    return (await this.#transport.send(`/v1/holds/${encodeURIComponent(holdId)}/settle`, {
      body: actual,
    })) as unknown as HoldState;
  }

  /** Gives a hold back: nothing of it counts. */
  async release(holdId: string): Promise<HoldState> {
    return (await this.#transport.send(`/v1/holds/${encodeURIComponent(holdId)}/release`, {
      body: {},
    })) as unknown as HoldState;
  }

  /** The work goes on: the hold expires as long from now as it was first made for. */
  async extend(holdId: string): Promise<HoldState> {
    return (await this.#transport.send(`/v1/holds/${encodeURIComponent(holdId)}/extend`, {
      body: {},
    })) as unknown as HoldState;
  }

  /** Exposures as they stand now. `scope` is a word (account, identity, device, workload, …) or as the policy writes it. */
  async exposure(query: { meter?: string; scope?: string; key?: string; set?: string }): Promise<Json[]> {
    const search = new URLSearchParams(Object.entries(query).filter(([, value]) => value !== undefined));
    const answer = await this.#transport.send(`/v1/exposure?${search}`, { method: 'GET' });
    return (answer.items as Json[] | undefined) ?? [];
  }

  /** A task is over: its sessions are denied from the next request, and ended. */
  async completeTask(taskId: string, reason?: string): Promise<{ sessions: number; revocationIds: string[] }> {
    const body = reason === undefined ? {} : { reason };
    const answer = await this.#transport.send(`/v1/tasks/${encodeURIComponent(taskId)}/complete`, { body });
    return answer as unknown as { sessions: number; revocationIds: string[] };
  }

  /**
   * Reserves, works, and says what became of it: settled when `work` resolves (with `amount(result)`, or as reserved),
   * released when it throws. Throws `Denied` before any work when it is not allowed, and `Unsettled` when the work is done and
   * the hold could not be settled.
   */
  async withReservation<Result>(
    question: Question,
    work: (decision: Decision) => Promise<Result> | Result,
    options: AskOptions & { amount?: (result: Result) => number | string; attribute?: string } = {},
  ): Promise<Result> {
    const decision = await this.evaluate(question, options);
    if (!decision.allowed) throw new Denied(decision);
    let result: Result;
    try {
      result = await work(decision);
    } catch (error) {
      // If giving it back fails as well, the hold expires by itself: the first error is the one that counts.
      if (decision.holdId) await this.release(decision.holdId).catch(() => undefined);
      throw error;
    }
    if (!decision.holdId) return result;
    const actual = options.amount ? { amount: options.amount(result), ...attributeOf(options) } : {};
    await this.settle(decision.holdId, actual).catch((cause: unknown) => {
      throw new Unsettled(decision.holdId!, result, { cause });
    });
    return result;
  }

  /** Asks for approval of what was refused; null when the refusal says that no approval would help. */
  async requestApproval(
    question: Question,
    refused: Decision,
    why: { reason?: string; until?: string; key?: string } = {},
  ): Promise<ApprovalTask | null> {
    const offered = refused.context.access_request as { expires_at?: string; template?: string } | undefined;
    if (refused.allowed || !offered?.expires_at) return null;
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
  async approval(taskId: string): Promise<ApprovalTask> {
    return taskOf(await this.#transport.send(`/access/v1/requests/${encodeURIComponent(taskId)}`, { method: 'GET' }));
  }

  /** Takes a request for approval back. */
  async cancelApproval(taskId: string): Promise<ApprovalTask> {
    return taskOf(await this.#transport.send(`/access/v1/requests/${encodeURIComponent(taskId)}/cancel`, { body: {} }));
  }

  /**
   * Asks for a share of a limit beforehand, to spend where nobody can be asked; null with the refusal's reason in `denied` is a
   * refusal. The token has to be of an enforcement point in mode offline.
   */
  async allot(
    question: Question,
    options: AskOptions & { forSecs: number },
  ): Promise<{ allotment: Allotment; denied: null } | { allotment: null; denied: Decision }> {
    const body = { ...question, context: this.#context(question.context, options), for_secs: options.forSecs };
    const answer = await this.#transport.send('/v1/allotments', { body, ...sendingOf(options) });
    const given = answer.allotment as { token: string } | null;
    if (!given) return { allotment: null, denied: decisionOf(answer) };
    return { allotment: await this.openAllotment(given.token), denied: null };
  }

  /** Opens an allotment that was given or kept, with the decision point's present keys. */
  async openAllotment(given: Parameters<typeof Allotment.open>[0]): Promise<Allotment> {
    const [told, keys] = await Promise.all([
      this.#transport.send('/.well-known/authzen-configuration', { method: 'GET' }),
      this.#transport.send('/.well-known/jwks.json', { method: 'GET' }),
    ]);
    return Allotment.open(given, { keys: keys.keys as Json[], issuer: String(told.policy_decision_point) });
  }

  /** Says what was spent of it; the rest is given back. */
  async reportAllotment(allotment: Allotment): Promise<Json> {
    return this.#transport.send(`/v1/allotments/${allotment.id}/report`, { body: { spends: allotment.spends } });
  }

  /**
   * Tells afterwards what was done without asking, in its order; answers what would have been decided. All of it counts, but
   * what comes back with an `error`: that was not taken.
   */
  async tell(transactions: (Question & { ref: string; at: string })[]): Promise<ToldBack[]> {
    const answer = await this.#transport.send('/v1/reports', { body: { transactions } });
    return answer.transactions as ToldBack[];
  }

  #context(given: Json | undefined, options: AskOptions): Json {
    const { braid, ...rest } = given ?? {};
    const session = options.session ?? (braid as Json | undefined)?.session ?? this.#session;
    const part = {
      ...((braid as Json | undefined) ?? {}),
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

  async #orUnavailable(ask: () => Promise<Decision>): Promise<Decision> {
    try {
      return await ask();
    } catch (error) {
      return this.#unavailable(error);
    }
  }

  /** What nobody could be asked for; what was asked wrongly is the caller's to mend and never a decision. */
  #unavailable(error: unknown): Decision {
    if (!(error instanceof RequestFailed) || !RETRIED.has(error.status) || this.#onUnavailable === 'throw') throw error;
    return unasked(this.#onUnavailable === 'allow', error.message);
  }
}

const sendingOf = ({ requestId, signal }: AskOptions): Pick<Sent, 'requestId' | 'signal'> => ({ requestId, signal });
const attributeOf = ({ attribute }: { attribute?: string }): { attribute?: string } => (attribute ? { attribute } : {});
