import { createHash } from 'node:crypto';
import { authorise } from '@/lib/access/authorise';
import type { Actor, Ctx } from '@/lib/access/model';
import { tellSchema, toldSchema } from '@/lib/allotments/model';
import { hint } from '@/lib/db/hint';
import { transaction } from '@/lib/db/transaction';
import { batch } from '@/lib/decisions/batch';
import { canonical } from '@/lib/decisions/canonical';
import { parse } from '@/lib/decisions/parse';
import type { Item, Outcome } from '@/lib/decisions/request-model';
import { BraidError } from '@/lib/platform/errors';

/** What would have been decided about one transaction. */
export interface ToldBack {
  /** null: it had none that can be read. */
  ref: string | null;
  /** false: it should not have happened, or could not be read. */
  allowed: boolean;
  /** `input.invalid`, `idempotency.mismatch`: it was not taken, and does not count. */
  reason: string;
  /** What is wrong with one that was not taken. */
  error?: string;
  decision_id: string | null;
}

/**
 * Takes what an enforcement point that can't ask has done, in its order and in one transaction, and says what would have been
 * decided. All of it counts, in the time it was done in: it has happened. What should not have is counted as an overrun, and
 * is variance. Told again under the same ref it counts once, however late; another transaction under a ref that was used is
 * not taken, nor is what can't be read; the others are. Throws `access.denied` for a token in mode online, `input.invalid`
 * for a body without transactions, `state_unavailable`: then tell it again.
 */
export async function tell(ctx: Ctx, body: unknown): Promise<{ transactions: ToldBack[] }> {
  authorise(ctx, 'decision.ask');
  const { actor } = ctx;
  if (actor.kind !== 'token' || !actor.point || actor.point.mode === 'online')
    throw new BraidError(
      'access.denied',
      'An enforcement point in mode online asks before, it does not tell afterwards.',
    );
  const read = tellSchema.parse(body).transactions.map((one) => readOne(actor, one));
  const items = read.flatMap((one) => ('item' in one ? one.item : []));
  const outcomes = items.length ? await batch({ items, semantic: 'execute_all' }) : [];
  const answers = new Map(items.map((item, at) => [item, outcomes[at]!]));
  if (items.length) await transaction((tx) => hint(tx, 'allotment', []));
  return { transactions: read.map((one) => ('item' in one ? backOf(one.item, answers.get(one.item)!) : one)) };
}

const refused = (ref: string | null, reason: string, error: string): ToldBack => ({
  ref,
  allowed: false,
  reason,
  error,
  decision_id: null,
});

function readOne(actor: Actor, one: unknown): { item: Item } | ToldBack {
  const read = toldSchema.safeParse(one);
  if (!read.success) {
    const { path, message } = read.error.issues[0]!;
    const said = (one as { ref?: unknown } | null)?.ref;
    const ref = typeof said === 'string' ? said.slice(0, 200) : null;
    return refused(ref, 'input.invalid', `${path.join('.') || 'transaction'}: ${message}`.slice(0, 300));
  }
  const { ref, at, ...question } = read.data;
  try {
    const item = parse(actor, question, { arrivedMs: performance.now() });
    if (item.braid.dry_run)
      return refused(
        ref,
        'input.invalid',
        'context.braid.dry_run: what is told has been done: there is nothing to try.',
      );
    const bodyHash = createHash('sha256')
      .update(canonical({ at, ...item.asked }))
      .digest();
    return { item: { ...item, idempotency: null, told: { ref, atMs: Date.parse(at), bodyHash } } };
  } catch (error) {
    if (error instanceof BraidError && error.code === 'input.invalid') return refused(ref, error.code, error.message);
    throw error;
  }
}

function backOf({ told }: Item, outcome: Outcome): ToldBack {
  const ref = told!.ref;
  if (outcome.kind === 'conflict')
    return refused(ref, 'idempotency.mismatch', 'Another transaction was told under this ref.');
  return { ref, allowed: outcome.verdict === 'allow', reason: outcome.reason, decision_id: outcome.decisionId };
}
