import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { minorUnits } from '@/lib/exposures/model';
import { BraidError } from '@/lib/platform/errors';
import { check } from '@/lib/policies/check';
import { compile } from '@/lib/policies/compile';
import { compileDocument } from '@/lib/policies/compile-document';
import type { CompiledSet } from '@/lib/policies/compiled-model';
import { type PolicySetDetail, show } from '@/lib/policies/show';
import {
  type ChangeInput,
  type Counterfactual,
  type ReplayInput,
  replayInputSchema,
} from '@/lib/replay/counterfactual-model';
import { newDiff } from '@/lib/replay/diff-state';
import type { Change, ReplaySummary } from '@/lib/replay/model';
import { replay } from '@/lib/replay/replay';

/**
 * What would have come of a period had something been otherwise: a session ended at an instant, a limit, what a meter is
 * per, a version of a policy set. Every stored request is judged again in its order, as it was and as it would have been;
 * the answer is what differs. Nothing is written. Throws `input.invalid`, `not_found`, `policy.invalid`.
 */
export async function counterfactual(ctx: Ctx, input: ReplayInput): Promise<Counterfactual> {
  authorise(ctx, 'console.read');
  const { change: asked, exposureId, ...parsed } = replayInputSchema.parse(input);
  const notes: string[] = [];
  const change = await changeOf(ctx, asked, notes);
  const diff = newDiff(exposureId ?? null);
  const from = beginning(parsed.from, asked);
  const query = { ...parsed, exposureId, from };
  const steps = replay(ctx, query, change);
  for (;;) {
    const next = await steps.next();
    if (next.done) {
      const since = next.value.truncated ? 'newest' : from === parsed.from ? 'period' : 'change';
      return diff.result(next.value, since, [...notes, ...notesOn(next.value, since)]);
    }
    diff.add(next.value);
  }
}

/** Nothing differs before the first session ends, so that is where a replay of ends alone begins. */
function beginning(from: string, change: ChangeInput): string {
  if (!change.ended?.length || change.limits?.length || change.scopes?.length || change.versions?.length) return from;
  const first = Math.min(...(change.ended ?? []).map((one) => (one.at ? Date.parse(one.at) : 0)));
  return first > Date.parse(from) ? new Date(first).toISOString() : from;
}

async function changeOf(ctx: Ctx, asked: ChangeInput, notes: string[]): Promise<Change> {
  const details = new Map<string, PolicySetDetail>();
  const detail = async (name: string, version?: number): Promise<PolicySetDetail> => {
    const key = `${name} ${version ?? ''}`;
    const found = details.get(key) ?? (await show(ctx, { name, version }));
    details.set(key, found);
    return found;
  };
  const limits = await Promise.all(
    (asked.limits ?? []).map(async ({ set, rule, max }) => ({
      set,
      ruleId: rule,
      max: minorOf(await detail(set), rule, max),
    })),
  );
  const sets: CompiledSet[] = [];
  for (const { set, version } of asked.versions ?? []) {
    const found = await detail(set, version);
    sets.push(compile({ version, hash: found.set.hash, source: found.source, mode: found.set.mode }));
    notes.push(`Version ${version} of ${set} in force throughout; what only it counts begins at nothing.`);
  }
  for (const { set, meter, per } of asked.scopes ?? []) {
    tryScope(await detail(set), meter, per);
    notes.push(`${meter} counted per ${per}: these sums begin at nothing where the replay begins.`);
  }
  const ended = (asked.ended ?? []).map(({ sessionId, at }) => ({ sessionId, atMs: at ? Date.parse(at) : 0 }));
  if (ended.length)
    notes.push(
      'An ended session asks no more and gives back what it holds; what it had settled stays. Whoever was denied might have come back in another session: that is not guessed.',
    );
  return { sets, limits, scopes: asked.scopes, ended };
}

function minorOf({ document, set }: PolicySetDetail, ruleId: string, max: string): bigint {
  const rule = document?.rules.find((one) => one.id === ruleId);
  const limit = rule && 'limit' in rule ? rule.limit : undefined;
  if (!limit) throw new BraidError('not_found', `${set.name} has no limit ${ruleId}.`);
  const meter = document!.meters[limit.meter];
  const minor = minorUnits(max, meter && 'scale' in meter ? meter.scale : 0);
  if (minor === null) throw new BraidError('input.invalid', `${max} is no limit of ${limit.meter}.`);
  return minor;
}

/** A scope that does not compile is said before anything is replayed. */
function tryScope({ source, set }: PolicySetDetail, meter: string, per: string): void {
  const document = check(source).document;
  const found = document?.meters[meter];
  if (!document || !found) throw new BraidError('not_found', `${set.name} has no meter ${meter}.`);
  const problems: string[] = [];
  compileDocument({ ...document, meters: { ...document.meters, [meter]: { ...found, per } } }, (_path, message) =>
    problems.push(message),
  );
  if (problems.length) throw new BraidError('policy.invalid', `${meter} can't be counted per ${per}: ${problems[0]}`);
}

function notesOn(
  { decisions, reproduced, truncated, unknown, inexact }: ReplaySummary,
  since: Counterfactual['since'],
): string[] {
  const notes: string[] = [];
  if (since === 'change')
    notes.push('Counted from the change on: what was decided before is the same either way and not in these figures.');
  if (truncated) notes.push(`Only the newest ${decisions} decisions of the period were replayed.`);
  if (unknown.length)
    notes.push(
      `Which values ${unknown.join(', ')} had seen before is not known any more: they count from the first decision replayed.`,
    );
  if (inexact.length)
    notes.push(
      `${inexact.join(', ')} counted over another window before: what had left it, or had not yet, is not replayed exactly.`,
    );
  if (reproduced < decisions)
    notes.push(
      `${decisions - reproduced} of ${decisions} decisions could not be reproduced exactly: not all that they were judged on is known any more.`,
    );
  return notes;
}
