// When a message is tried again, and when it is given up. All times in milliseconds.

/** What a receiver made of one try. */
export interface Outcome {
  /**
   * taken: it has it · refused: it will not have this message, others perhaps · down: it is in trouble, or we are not let in;
   * nothing else is tried before.
   */
  result: 'taken' | 'refused' | 'down';
  /** What it said, for people: status and the beginning of its answer. Never a secret. */
  answer: string;
  /** What it asked for: tried again no sooner. */
  retryAfterMs?: number;
}

export const FIRST_MS = 10_000;
const MOST_DOWN_MS = 30 * 60_000;
const MOST_REFUSED_MS = 6 * 3_600_000;
/** A receiver may ask for patience, within reason. */
const MOST_ASKED_MS = 6 * 3_600_000;

/** 10 s, 20 s, 40 s …: how long after the n-th failure in a row. `spread` 0 to 1 keeps many from trying at the same instant. */
export function backOff(failures: number, result: 'refused' | 'down', spread: number): number {
  const most = result === 'down' ? MOST_DOWN_MS : MOST_REFUSED_MS;
  const grown = Math.min(FIRST_MS * 2 ** Math.min(Math.max(failures, 1) - 1, 20), most);
  return Math.round(grown * (1 + 0.2 * spread));
}

/** `Retry-After` as seconds or as a date; undefined: none that could be read. */
export function retryAfter(header: string | undefined, nowMs: number): number | undefined {
  if (!header) return undefined;
  const given = header.trim();
  const ms = /^\d{1,9}$/.test(given) ? Number(given) * 1000 : Date.parse(given) - nowMs;
  return Number.isFinite(ms) ? Math.min(Math.max(ms, 0), MOST_ASKED_MS) : undefined;
}

/** What a status says. Sign-in and address problems are the channel's, not the message's: one that is mended takes all. */
export function resultOf(status: number): Outcome['result'] {
  if (status >= 200 && status < 300) return 'taken';
  const channels = status < 400 || status >= 500 || [401, 403, 404, 405, 407, 408, 410, 425, 429].includes(status);
  return channels ? 'down' : 'refused';
}

export interface Next {
  state: 'delivered' | 'waiting' | 'dead';
  dueMs: number;
  /** Nothing of this channel is tried before; null: it is well; undefined: nothing is known of the channel. */
  heldUntilMs: number | null | undefined;
}

/** What follows from a try. `attempts` and `failures` count this one; `sinceMs` is when the message was made or asked for anew. */
export function after(
  outcome: Outcome,
  at: { nowMs: number; sinceMs: number; attempts: number; failures: number; giveUpMs: number; spread: number },
): Next {
  if (outcome.result === 'taken') return { state: 'delivered', dueMs: at.nowMs, heldUntilMs: null };
  const count = outcome.result === 'down' ? at.failures : at.attempts;
  const wait = Math.max(backOff(count, outcome.result, at.spread), outcome.retryAfterMs ?? 0);
  const dueMs = at.nowMs + wait;
  const dead = at.nowMs - at.sinceMs >= at.giveUpMs;
  return { state: dead ? 'dead' : 'waiting', dueMs, heldUntilMs: outcome.result === 'down' ? dueMs : undefined };
}
