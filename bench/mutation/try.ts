// Tries every mutant of one file: all in one process that lives long; where modules remember, what was missed once more in a
// process of its own.
import { type ChildProcess, fork } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { type Bundle, type Mutant, workDir } from '@/bench/mutation/bundle';
import type { Found, Plan, Survey } from '@/bench/mutation/judge';

export type Outcome = { status: 'noticed' | 'endless' | 'missed' | 'unreached'; by: string | null };

interface Settings {
  /** Who noticed which mutant last time: asked first. */
  killers: Record<string, string>;
  budgetMs: number;
  /** Told after each process what is known so far. */
  remember: (outcomes: ReadonlyMap<string, Outcome>) => void;
  /** Tries again what was missed, each in a process of its own, so that nothing remembered hides it. */
  again: boolean;
}

/** Where a mutant goes by for the eye and for the memory of who noticed it: not its line, which moves. */
export const nameOf = (mutant: Mutant): string =>
  `${mutant.mutatorName} ${mutant.location.start.line}:${mutant.location.start.column}-${mutant.location.end.line}:${mutant.location.end.column} ${mutant.replacement.replace(/\s+/g, ' ')}`;

export async function tryAll(bundle: Bundle, settings: Settings): Promise<Map<string, Outcome>> {
  const outcomes = new Map<string, Outcome>();
  let survey: Survey | undefined;
  let waiting: Plan['mutants'] = bundle.mutants.map((one) => ({ id: one.id, killer: settings.killers[nameOf(one)] }));
  const strict = new Set<string>();
  waiting.sort((a, b) => Number(b.killer !== undefined) - Number(a.killer !== undefined));
  while (!survey || waiting.length) {
    const since = Date.now();
    const before = outcomes.size;
    const left = await session(
      bundle,
      { survey: survey ?? null, mutants: waiting, fresh: null, loading: false, budgetMs: settings.budgetMs },
      (found) => {
        if (found.is === 'survey') survey = found.survey;
        if (found.is === 'poisoned')
          for (const id of found.ids) {
            outcomes.delete(id);
            strict.add(id);
          }
        if (found.is === 'end')
          outcomes.set(found.id, {
            status: found.by ? 'noticed' : found.covered ? 'missed' : 'unreached',
            by: found.by,
          });
      },
    );
    if (process.env.MUTATION_SAY)
      process.stderr.write(
        `${outcomes.size - before} of ${waiting.length} in ${Date.now() - since} ms${left === null ? '' : `, ended ${left}`}\n`,
      );
    if (!survey) throw new Error('the tests could not be run at all');
    if ((survey as Survey).failed) throw new Error(`fails without any mutant: ${(survey as Survey).failed}`);
    if (left) outcomes.set(left, { status: 'endless', by: null });
    settings.remember(outcomes);
    waiting = waiting.filter(({ id }) => !outcomes.has(id)).map((one) => ({ ...one, strict: strict.has(one.id) }));
  }
  for (const [id, outcome] of outcomes) {
    const loading = (survey.loaded[id] ?? 0) > 0;
    if (outcome.status === 'noticed' || outcome.status === 'endless') continue;
    if (!loading && !(settings.again && outcome.status === 'missed')) continue;
    const { budgetMs } = settings;
    let by: string | null = null;
    let ended = false;
    const left = await session(bundle, { survey, mutants: [{ id }], fresh: id, loading, budgetMs }, (found) => {
      if (found.is !== 'end') return;
      ended = true;
      by = found.by;
    });
    if (left) outcomes.set(id, { status: 'endless', by: null });
    else if (by || !ended) outcomes.set(id, { status: 'noticed', by: by ?? 'loading the module' });
    else outcomes.set(id, { status: 'missed', by: null });
  }
  return outcomes;
}

/** One process through as many mutants as it manages. Answers the one that never ended. */
function session(bundle: Bundle, plan: Plan, hear: (found: Found) => void): Promise<string | null> {
  const planAt = path.join(workDir, 'plan.json');
  fs.writeFileSync(planAt, JSON.stringify(plan));
  const child: ChildProcess = fork(bundle.at, {
    stdio: ['ignore', process.env.MUTATION_SAY ? 'inherit' : 'ignore', 'inherit', 'ipc'],
    execArgv: ['--max-old-space-size=3000'],
    env: {
      ...process.env,
      MUTATION_PLAN: planAt,
      __STRYKER_ACTIVE_MUTANT__: plan.fresh ?? undefined,
      BRAID_LOG_LEVEL: 'silent',
      BRAID_SECRET_KEY: 'only-for-tests',
      NODE_ENV: 'test',
    },
  });
  return new Promise((resolve) => {
    let endless: string | null = null;
    let current = { id: '', leftMs: 600_000 };
    // The time it has computed, not the time that has passed: others may measure on the same machine.
    let computed = 0;
    const timer = setInterval(() => {
      const now = computedMs(child.pid!);
      current.leftMs -= now > computed ? now - computed : IDLE_MS;
      computed = now;
      if (current.leftMs > 0) return;
      endless = current.id;
      child.kill('SIGKILL');
    }, 500);
    child.on('message', (found: Found) => {
      if (found.is === 'begin') current = { id: found.id, leftMs: found.limitMs };
      hear(found);
    });
    child.on('exit', () => {
      clearInterval(timer);
      resolve(endless);
    });
  });
}

/** What half a second without any computing counts: it may wait for ever, or not be let run. */
const IDLE_MS = 20;

/** User and system time of a process; 0 when it is gone. */
function computedMs(pid: number): number {
  try {
    const fields = fs.readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
    return (Number(fields[11]) + Number(fields[12])) * 10;
  } catch {
    return 0;
  }
}
