import { openAsker } from '@/bench/kill/ask';
import { startCallers } from '@/bench/kill/callers';
import { emptyJournal, type Journal } from '@/bench/kill/journal';
import { POLICY } from '@/bench/kill/policy';
import { type Claim, prove } from '@/bench/kill/proof';
import { prepareRuin, type Way } from '@/bench/kill/ruin';
import { chance } from '@/bench/lab/chance';
import { type Machine, machine } from '@/bench/lab/machine';
import { benchCtx, setStage } from '@/bench/lab/stage';
import { expire } from '@/lib/exposures/expire';

export interface KillOptions {
  /** Strikes against decision points and the database together; frozen ones are not counted. */
  kills: number;
  /** Of those, against PostgreSQL. */
  postgres: number;
  /** At least this many answered decisions before it ends. */
  decisions: number;
  /** Mean time between two strikes, ms. */
  everyMs: number;
  seed: number;
  callers: number;
  /** Ends it early: what has happened until then is proven. */
  enough?: AbortSignal;
  say(line: string): void;
}

export interface KillReport {
  ok: boolean;
  at: string;
  seconds: number;
  seed: number;
  machine: Machine;
  struck: Record<Way, number>;
  kills: number;
  answered: number;
  granted: number;
  counts: Journal['counts'];
  claims: Claim[];
}

const MAX_WAIT_MS = 30_000;

/** Three decision points and their PostgreSQL under load, killed at chance instants; then the proof. */
export async function runKillTest(options: KillOptions): Promise<KillReport> {
  const began = performance.now();
  const at = new Date().toISOString();
  const stage = await setStage(POLICY);
  const where = await machine(stage.database);
  await stage.database.end();
  const luck = chance(options.seed);
  const ruin = await prepareRuin(stage, chance(options.seed + 1));
  const journal = emptyJournal();
  const asker = openAsker(stage.token);
  const sweeping = sweep();
  try {
    await ruin.raise();
    const callers = startCallers(
      { asker, journal, ports: ruin.ports, chance: chance(options.seed + 2) },
      options.callers,
    );
    const plan = planOf(options, luck);
    let told = performance.now();
    // A strike comes when enough was decided since the last, or the dead would only be killed again before they stand.
    const pace = (0.3 * options.decisions) / plan.length;
    let heardAt = performance.now();
    for (
      let next = 0;
      (next < plan.length || journal.answered.size < options.decisions) && !options.enough?.aborted;
    ) {
      await new Promise((resolve) => setTimeout(resolve, next < plan.length ? luck.wait(options.everyMs) : 500));
      const due = journal.answered.size >= next * pace || performance.now() - heardAt > MAX_WAIT_MS;
      if (next < plan.length && due && (await ruin.strike(plan[next]!))) {
        next++;
        heardAt = performance.now();
      }
      if (performance.now() - told < 15_000) continue;
      told = performance.now();
      options.say(
        `${next} of ${plan.length} strikes, ${journal.answered.size} decisions answered, ${journal.contradictions.length} contradictions`,
      );
    }
    await ruin.settle();
    await callers.stop();
    options.say(`${journal.answered.size} decisions answered. Proving …`);
    const claims = await prove(stage, callers, journal);
    const { frozen, ...kills } = ruin.struck;
    return {
      ok: claims.every((one) => one.holds),
      at,
      seconds: Math.round((performance.now() - began) / 1000),
      seed: options.seed,
      machine: where,
      struck: { ...kills, frozen },
      kills: Object.values(kills).reduce((sum, n) => sum + n, 0),
      answered: journal.answered.size,
      granted: journal.granted.size,
      counts: journal.counts,
      claims,
    };
  } finally {
    await sweeping.stop();
    asker.close();
    await stage.end();
  }
}

/** Ends holds whose time is over, as the worker does: beside the decision points, on a connection of its own. */
function sweep(): { stop(): Promise<void> } {
  let stopped = false;
  const done = (async () => {
    while (!stopped) {
      await expire(benchCtx).catch(() => undefined); // the database is being killed
      await new Promise((resolve) => setTimeout(resolve, 1_000));
    }
  })();
  return {
    stop: () => {
      stopped = true;
      return done;
    },
  };
}

/** Which strikes, in chance order; one more in ten freezes a decision point instead. */
function planOf({ kills, postgres }: KillOptions, luck: ReturnType<typeof chance>): Way[] {
  const plan: Way[] = [];
  const database = ['postgres', 'immediate', 'backend'] as const;
  for (let n = 0; n < postgres; n++) plan.push(database[n % database.length]!);
  for (let n = postgres; n < kills; n++) plan.push('pdp');
  for (let n = 0; n < kills / 10; n++) plan.push('frozen');
  for (let at = plan.length - 1; at > 0; at--) {
    const other = luck.whole(0, at);
    [plan[at], plan[other]] = [plan[other]!, plan[at]!];
  }
  return plan;
}
