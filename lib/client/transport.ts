import type { BraidOptions, Json } from './model';
import { RequestFailed } from './outcome';

export interface Sent {
  method?: 'GET' | 'POST';
  body?: unknown;
  requestId?: string;
  headers?: Record<string, string>;
  signal?: AbortSignal;
}

/** What asking again may mend. */
export const RETRIED: ReadonlySet<number> = new Set([0, 408, 425, 429, 500, 502, 503, 504]);
const FIRST_WAIT_MS = 40;
const MAX_WAIT_MS = 1_000;

/** Sends, waits, and sends again. */
export class Transport {
  readonly #url: string;
  readonly #token: string;
  readonly #timeoutMs: number;
  readonly #retries: number;
  readonly #fetch: typeof globalThis.fetch;

  constructor(options: BraidOptions) {
    this.#url = options.url.replace(/\/+$/, '');
    this.#token = options.token;
    this.#timeoutMs = options.timeoutMs ?? 2_500;
    this.#retries = options.retries ?? 2;
    this.#fetch = options.fetch ?? ((input, init) => globalThis.fetch(input, init));
  }

  /** Sends once, and again with the same request id while asking again can help. */
  async send(path: string, sent: Sent): Promise<Json> {
    const requestId = sent.requestId ?? globalThis.crypto.randomUUID();
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await this.#once(path, { ...sent, requestId });
      } catch (error) {
        const again = error instanceof RequestFailed && RETRIED.has(error.status) && attempt < this.#retries;
        if (!again || sent.signal?.aborted) throw error;
        await pause(Math.min(FIRST_WAIT_MS * 3 ** attempt, MAX_WAIT_MS));
      }
    }
  }

  async #once(path: string, { method = 'POST', body, requestId, headers, signal }: Sent): Promise<Json> {
    const late = AbortSignal.timeout(this.#timeoutMs);
    let response: Response;
    let text: string;
    try {
      response = await this.#fetch(this.#url + path, {
        method,
        headers: {
          Authorization: `Bearer ${this.#token}`,
          'Content-Type': 'application/json',
          ...(requestId ? { 'X-Request-ID': requestId } : {}),
          ...headers,
        },
        ...(method === 'POST' ? { body: JSON.stringify(body ?? {}) } : {}),
        signal: signal ? AbortSignal.any([signal, late]) : late,
      });
      text = await response.text();
    } catch (cause) {
      if (signal?.aborted) throw cause;
      const why = late.aborted ? `did not answer within ${this.#timeoutMs} ms` : 'could not be reached';
      throw new RequestFailed(0, 'unreachable', `The decision point ${why}.`, { cause });
    }
    const json = parsed(text);
    if (response.ok && json) return json;
    const problem = (json ?? {}) as { title?: string; code?: string; type?: string };
    const message = problem.title ?? (text.slice(0, 300) || `The decision point answered ${response.status}.`);
    throw new RequestFailed(response.ok ? 0 : response.status, problem.code ?? problem.type ?? 'refused', message);
  }
}

function parsed(text: string): Json | null {
  try {
    const value: unknown = JSON.parse(text);
    return value && typeof value === 'object' && !Array.isArray(value) ? (value as Json) : null;
  } catch {
    return null;
  }
}

/** Waits about so long: callers that failed together do not come back together. */
function pause(ms: number): Promise<void> {
  const [chance = 0] = globalThis.crypto.getRandomValues(new Uint8Array(1));
  return new Promise((resolve) => setTimeout(resolve, (ms * (128 + chance)) / 256));
}
