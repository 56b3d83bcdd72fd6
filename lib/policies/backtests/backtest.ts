import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { clock } from '@/lib/platform/clock';
import { sha256Hex } from '@/lib/platform/ids';
import { BacktestDiff } from '@/lib/policies/backtests/diff';
import { compileDocument } from '@/lib/policies/compile-document';
import type { CompiledSet } from '@/lib/policies/compiled-model';
import { type BacktestInput, type BacktestResult, backtestInputSchema } from '@/lib/policies/life-model';
import { readChecked } from '@/lib/policies/read-checked';
import { rows } from '@/lib/policies/store';
import { replay } from '@/lib/replay/replay';

const WEEK_MS = 7 * 86_400_000;
/** Between two reports of how far it is. */
const PROGRESS_MS = 400;

/** The period of a backtest: the week before now, unless told. */
export function periodOf({ from, to }: { from?: string; to?: string }): { from: string; to: string } {
  const end = to ?? clock.now().toISOString();
  return { from: from ?? new Date(Date.parse(end) - WEEK_MS).toISOString(), to: end };
}

/**
 * Judges stored decisions again as they would have come out under a candidate set, and tells what differs. Changes nothing.
 * A candidate in shadow is judged as if it were enforced; a new name joins the sets of that time. `progress` is told how many
 * decisions are judged, now and then. Throws `policy.invalid`, and what `progress` throws.
 */
export async function backtest(
  ctx: Ctx,
  input: BacktestInput,
  progress?: (done: number) => Promise<void>,
): Promise<BacktestResult> {
  authorise(ctx, 'console.read');
  const { source, from, to, limit } = backtestInputSchema.parse(input);
  const startedMs = clock.ms();
  const { document } = readChecked({ source });
  const body = compileDocument({ ...document, mode: 'enforce' }, () => undefined);
  const candidate: CompiledSet = { ...body, version: 0, hash: sha256Hex(source) };
  const [active] = await rows({ name: document.set, state: 'active' });
  const diff = new BacktestDiff();
  const replayed = replay(ctx, { ...periodOf({ from, to }), limit }, { sets: [candidate] });
  let done = 0;
  let toldMs = startedMs;
  for (;;) {
    const next = await replayed.next();
    if (next.done) {
      const seconds = (clock.ms() - startedMs) / 1000;
      return diff.result({ set: document.set, against: active?.version ?? null, seconds }, next.value);
    }
    diff.add(next.value);
    done += 1;
    if (progress && clock.ms() - toldMs > PROGRESS_MS) {
      toldMs = clock.ms();
      await progress(done);
    }
  }
}
