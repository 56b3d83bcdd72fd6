// The process that judges mutants: every test has been collected, the mutants are all in the code, one at a time is switched
// on. Says over its channel what it finds, and is ended by its parent where a mutant runs for ever.
import fs from 'node:fs';
import { type Collected, collected, isTied, run } from '@/bench/mutation/testing';

/** As the instrumenter's code reads it. */
interface Switches {
  activeMutant?: string;
  currentTestId?: string;
  hitCount?: number;
  hitLimit?: number;
  mutantCoverage?: { static: Record<string, number>; perTest: Record<string, Record<string, number>> };
}
const holder = globalThis as { __stryker__?: Switches };
holder.__stryker__ ??= {};
const switches = holder.__stryker__;

/** What running the tests once showed. */
export interface Survey {
  failed: string | null;
  tests: { id: string; ms: number }[];
  /** Mutants that only loading the modules comes by. */
  loaded: Record<string, number>;
  /** By test, or by file for what is done before its tests: how often each mutant was come by. */
  reached: Record<string, Record<string, number>>;
}
export interface Plan {
  survey: Survey | null;
  mutants: { id: string; killer?: string; strict?: boolean }[];
  /** One mutant, switched on since before the modules were loaded. */
  fresh: string | null;
  /** Loading comes by it, so that every test does. */
  loading: boolean;
  /** What the tests of one mutant may take together, ms. */
  budgetMs: number;
}
export type Found =
  | { is: 'survey'; survey: Survey }
  | { is: 'begin'; id: string; limitMs: number }
  | { is: 'end'; id: string; by: string | null; covered: boolean }
  | { is: 'poisoned'; ids: string[] };

const say = (found: Found) => new Promise<void>((resolve) => process.send!(found, () => resolve()));

async function survey(): Promise<Survey> {
  const found: Survey = { failed: null, tests: [], loaded: { ...switches.mutantCoverage?.static }, reached: {} };
  const files = [...new Set(collected.map((one) => one.file))];
  for (const file of files) {
    let last: { test: Collected; since: number } | null = null;
    const failed = await run(
      collected.filter((one) => one.file === file),
      (test) => {
        if (last) found.tests.push({ id: last.test.id, ms: performance.now() - last.since });
        last = test && { test, since: performance.now() };
        switches.currentTestId = test?.id ?? file;
      },
    );
    if (failed) return { ...found, failed: failed.id };
  }
  found.reached = structuredClone(switches.mutantCoverage?.perTest ?? {});
  return found;
}

/** What a mutant reaches, in the order in which it is asked: the last to notice it first, then the cheapest, as far as the budget goes. */
function groupsFor(id: string, killer: string | undefined, found: Survey): { groups: Collected[][]; ms: number } {
  const took = new Map(found.tests.map((one) => [one.id, one.ms]));
  const reaches = (name: string) => (found.reached[name]?.[id] ?? 0) > 0;
  const tests = collected.filter((one) => plan.loading || reaches(one.id) || reaches(one.file));
  const groups: Collected[][] = [];
  const tied = new Set<string>();
  for (const one of tests) {
    if (!isTied(one.file)) groups.push([one]);
    if (!isTied(one.file) || tied.has(one.file)) continue;
    tied.add(one.file);
    const all = collected.filter((other) => other.file === one.file);
    groups.push(all.slice(0, all.indexOf(tests.findLast((other) => other.file === one.file)!) + 1));
  }
  const cost = (group: Collected[]) => group.reduce((sum, one) => sum + (took.get(one.id) ?? 0), 0);
  const first = (group: Collected[]) => group.some((one) => one.id === killer);
  groups.sort((a, b) => Number(first(b)) - Number(first(a)) || cost(a) - cost(b));
  let ms = 0;
  const afforded = groups.filter((group, at) => {
    const next = ms + cost(group);
    if (at > 0 && next > plan.budgetMs) return false;
    ms = next;
    return true;
  });
  return { groups: afforded, ms };
}

interface Kill {
  id: string;
  tests: Collected[];
}

async function judge(id: string, killer: string | undefined, found: Survey): Promise<Kill | null> {
  const { groups, ms } = groupsFor(id, killer, found);
  const hits = Object.values(found.reached).reduce((sum, one) => sum + (one[id] ?? 0), 0);
  await say({ is: 'begin', id, limitMs: 15_000 + 12 * ms });
  for (const group of groups) {
    Object.assign(switches, { activeMutant: id, currentTestId: undefined, hitCount: 0, hitLimit: hits * 100 + 10_000 });
    const failed = await run(group, () => {});
    if (plan.fresh === null) switches.activeMutant = undefined;
    if (!failed) continue;
    await say({ is: 'end', id, by: failed.id, covered: true });
    return { id, tests: group.slice(0, group.indexOf(failed) + 1) };
  }
  await say({ is: 'end', id, by: null, covered: groups.length > 0 });
  return null;
}

/** What a mutant left behind may be what failed after it. These tests have to pass without any. */
async function isClean(kills: Kill[]): Promise<boolean> {
  await say({ is: 'begin', id: '', limitMs: 120_000 });
  for (const tests of new Map(kills.map((one) => [one.tests.at(-1)!.id, one.tests])).values())
    if (await run(tests, () => {})) return false;
  return true;
}

const plan = JSON.parse(fs.readFileSync(process.env.MUTATION_PLAN!, 'utf8')) as Plan;
const CHECK_AFTER = 25;

export async function main(): Promise<void> {
  const found = plan.survey ?? (await survey());
  if (!plan.survey) await say({ is: 'survey', survey: found });
  if (!found.failed) await judgeAll(found);
  process.exit(0);
}

async function judgeAll(found: Survey): Promise<void> {
  let kills: Kill[] = [];
  for (const [at, { id, killer, strict }] of plan.mutants.entries()) {
    const kill = await judge(id, killer, found);
    if (plan.fresh !== null) return;
    if (kill) kills.push(kill);
    const last = at === plan.mutants.length - 1;
    if (!strict && kills.length < CHECK_AFTER && !last) continue;
    if (!(await isClean(kills))) {
      // The first that a process judges stands: nothing was there before it.
      await say({
        is: 'poisoned',
        ids: kills.map((one) => one.id).filter((one) => !strict || one !== plan.mutants[0]!.id),
      });
      return;
    }
    kills = [];
  }
}
