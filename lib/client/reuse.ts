import type { Decision, Json } from './model';

const MOST = 1_000;

interface Kept {
  decision: Decision;
  untilMs: number;
}

/** The same question, whatever order its members stand in. */
const keyOf = (body: Json): string => JSON.stringify(body, sorted);
const sorted = (_key: string, value: unknown): unknown =>
  value && typeof value === 'object' && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
    : value;

/** Only what was allowed, says for how long it may be acted on, and has neither counted nor reserved nor obliges to anything. */
const mayReuse = ({ allowed, usableSecs, holdId, exposures, obligations }: Decision): boolean =>
  allowed && usableSecs !== null && holdId === null && exposures.length === 0 && obligations.length === 0;

/** Allows that may still be acted on. Bounded: the oldest goes first. Time counts from before the question was sent. */
export class Reuse {
  readonly #kept = new Map<string, Kept>();

  /** The answer that is still usable, or the one to `asked`. */
  async or(body: Json, asked: () => Promise<Decision>): Promise<Decision> {
    const { braid, approval } = (body.context ?? {}) as { braid?: Json; approval?: unknown };
    // A key counts once by itself, a look counts nothing, and an approval is used up by being asked with.
    if (approval !== undefined || braid?.idempotency_key !== undefined || braid?.dry_run) return asked();
    const key = keyOf(body);
    const kept = this.#kept.get(key);
    const sentMs = globalThis.performance.now();
    if (kept && sentMs < kept.untilMs) return { ...kept.decision, reused: true };
    this.#kept.delete(key);
    const decision = await asked();
    if (mayReuse(decision)) {
      if (this.#kept.size >= MOST) this.#kept.delete(this.#kept.keys().next().value!);
      this.#kept.set(key, { decision, untilMs: sentMs + decision.usableSecs! * 1000 });
    }
    return decision;
  }
}
