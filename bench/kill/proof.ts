import type pg from 'pg';
import type { Callers } from '@/bench/kill/callers';
import type { Journal } from '@/bench/kill/journal';
import { HOLD_SECONDS, LEASE_SECONDS, LIMITS, PING_SECONDS } from '@/bench/kill/policy';
import { benchCtx, type Stage } from '@/bench/lab/stage';
import { seal } from '@/lib/audit/seal';
import { loneClient } from '@/lib/db/lone-client';
import { verify } from '@/lib/decisions/verify';
import { expire } from '@/lib/exposures/expire';

export interface Claim {
  claim: string;
  holds: boolean;
  /** Over how many it was looked at, and what broke it. */
  over: number;
  broken: string[];
}

const MAX_BROKEN = 20;
/** Largest first, the smallest last. */
const FILLS = [100, 20, 5, 1];
const claimed = (claim: string, over: number, broken: string[]): Claim => ({
  claim,
  holds: broken.length === 0 && over > 0,
  over,
  broken: broken.slice(0, MAX_BROKEN),
});

/** After the last strike: fills every limit up, waits for holds to be over, and holds the log against what the callers know. */
export async function prove(stage: Stage, callers: Callers, journal: Journal): Promise<Claim[]> {
  await fill(callers, journal);
  await holdsAreOver();
  const phantoms = await phantom(callers, journal);
  await holdsAreOver(); // those the question itself made
  const database = loneClient(stage.server.url);
  await database.connect();
  try {
    await spoolWritten(database, journal);
    await expire(benchCtx);
    const logged = await readLog(database);
    const moved = await readLedger(database);
    return [
      claimed(
        'Nobody was told anything that contradicts what somebody was told before',
        journal.counts.attempts,
        journal.contradictions,
      ),
      answeredAreLogged(journal, logged),
      await neverOver(database),
      await reached(database, callers),
      await pingsWithin(database),
      await leasesApart(database),
      countedOnce(journal, logged, moved),
      phantoms,
      await holdsOver(database),
      await verified(),
    ];
  } finally {
    await database.end();
  }
}

const holdsAreOver = (): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, Math.max(HOLD_SECONDS, LEASE_SECONDS) * 1000 + 1_000));

/** Asks of every account until it refuses the smallest amount. */
async function fill(callers: Callers, journal: Journal): Promise<void> {
  const accounts = [...callers.accounts()];
  let serial = 0;
  const had = async (account: string, amount: number): Promise<boolean> => {
    const heard = await callers.ask(
      { action: 'pay', identity: 'svc-filler', session: 'filler', resource: account, context: { amount } },
      `fill-${serial++}`,
    );
    if (heard.body.decision)
      journal.granted.set(heard.body.context!.braid!.decision_id, { action: 'pay', key: account, amount });
    return heard.body.decision === true;
  };
  const one = async () => {
    for (let account = accounts.pop(); account; account = accounts.pop()) {
      for (const amount of FILLS) while (await had(account, amount));
    }
  };
  await Promise.all(Array.from({ length: 32 }, one));
}

/** Once all holds are over, exactly what is left can be had: nothing that died still stands in the way. */
async function phantom(callers: Callers, journal: Journal): Promise<Claim> {
  const broken: string[] = [];
  let serial = 0;
  let over = 0;
  await Promise.all(
    callers.identities.map(async (identity) => {
      const ask = (cents: number) =>
        callers.ask(
          {
            action: 'tool.call',
            identity,
            session: `${identity}-1`,
            resource: 'tool',
            context: { cost: (cents / 100).toFixed(2) },
          },
          `phantom-${identity}-${serial++}`,
        );
      // Far too much: refused, and the answer says what is settled and held.
      const refused = await ask(100 * LIMITS.budget);
      const seen = (
        refused.body.context?.braid as { exposures?: { meter: string; settled: string; held: string }[] }
      )?.exposures?.find((each) => each.meter === 'budget');
      if (!seen)
        return void broken.push(`${identity}: a refusal without its exposure: ${JSON.stringify(refused.body)}`);
      over++;
      if (seen.held !== '0') broken.push(`${identity}: ${seen.held} cents still held after every hold's time`);
      const left = LIMITS.budget - Number(seen.settled);
      if (left <= 0) return;
      const allowed = await ask(left);
      if (!allowed.body.decision)
        broken.push(`${identity}: ${left} cents are left but were refused: ${allowed.body.context?.message}`);
      else
        journal.granted.set(allowed.body.context!.braid!.decision_id, {
          action: 'tool.call',
          key: identity,
          amount: left,
        });
    }),
  );
  return claimed('After holds have expired nothing is refused on their account', over, broken);
}

/** Denials answered while the database was away reach the log when it is back: within half a minute. */
async function spoolWritten(database: pg.Client, journal: Journal): Promise<void> {
  const ids = [...journal.unavailable];
  for (let tries = 0; tries < 30; tries++) {
    const { rows } = await database.query('select count(*) as n from decisions where id = any($1::uuid[])', [ids]);
    if (Number(rows[0].n) === ids.length) return;
    await new Promise((resolve) => setTimeout(resolve, 1_000));
  }
}

type Logged = Map<string, string>;

async function readLog(database: pg.Client): Promise<Logged> {
  const logged: Logged = new Map();
  let after = '00000000-0000-0000-0000-000000000000';
  for (;;) {
    const { rows } = await database.query('select id, verdict from decisions where id > $1 order by id limit 50000', [
      after,
    ]);
    for (const row of rows) {
      if (logged.has(row.id)) logged.set(row.id, 'twice');
      else logged.set(row.id, row.verdict);
    }
    if (rows.length < 50_000) return logged;
    after = rows.at(-1).id;
  }
}

interface Moved {
  settled: number;
  held: number;
  /** Ledger kinds in order. */
  kinds: string;
}

/** What each decision came to in the meter that limits it, by the ledger. */
async function readLedger(database: pg.Client): Promise<Map<string, Moved>> {
  const { rows } = await database.query(
    `select l.decision_id, sum(l.settled)::int8 as settled, sum(l.held)::int8 as held, string_agg(l.kind, ' ' order by l.revision) as kinds
     from ledger_entries l join exposures e on e.id = l.exposure_id
     where l.decision_id is not null and e.meter in ('paid', 'budget', 'pings', 'job') group by l.decision_id`,
  );
  return new Map(
    rows.map((row) => [row.decision_id, { settled: Number(row.settled), held: Number(row.held), kinds: row.kinds }]),
  );
}

function answeredAreLogged(journal: Journal, logged: Logged): Claim {
  const broken: string[] = [];
  for (const [id, verdict] of journal.answered) {
    const found = logged.get(id);
    if (found !== verdict) broken.push(`decision ${id} was answered ${verdict}, the log says ${found ?? 'nothing'}`);
  }
  return claimed(
    'Every decision answered to a caller is in the log with that verdict, once',
    journal.answered.size,
    broken,
  );
}

async function neverOver(database: pg.Client): Promise<Claim> {
  const limits: [string, number][] = [
    ['paid', LIMITS.paid],
    ['pings', LIMITS.pings],
    ['budget', LIMITS.budget],
    ['job', 1],
  ];
  const broken: string[] = [];
  let over = 0;
  for (const [meter, limit] of limits) {
    const { rows } = await database.query(
      `select e.key, max(run.total) as most, count(*) as steps from exposures e join lateral (
         select sum(l.settled + l.held) over (order by l.revision) as total from ledger_entries l where l.exposure_id = e.id) run on true
       where e.meter = $1 group by e.key`,
      [meter],
    );
    for (const row of rows) {
      over += Number(row.steps);
      if (Number(row.most) > limit) broken.push(`${meter} of ${row.key} reached ${row.most} of ${limit}`);
    }
  }
  return claimed('No limit was passed at any instant, adding the ledger up entry by entry', over, broken);
}

async function reached(database: pg.Client, callers: Callers): Promise<Claim> {
  const { rows } = await database.query(
    `select e.key, sum(l.settled)::int8 as total from exposures e join ledger_entries l on l.exposure_id = e.id where e.meter = 'paid' group by e.key`,
  );
  const totals = new Map(rows.map((row) => [row.key, Number(row.total)]));
  const broken = callers
    .accounts()
    .filter((account) => totals.get(account) !== LIMITS.paid)
    .map((account) => `${account} stands at ${totals.get(account)} of ${LIMITS.paid}`);
  return claimed('Every limit was reached to the last unit where enough was asked', callers.accounts().length, broken);
}

/** Counted by the decisions' times. Left out is what was given back because its caller had hung up: it was allowed to nobody. */
async function pingsWithin(database: pg.Client): Promise<Claim> {
  const { rows } = await database.query(
    `with back as (
       select l.decision_id from ledger_entries l join exposures e on e.id = l.exposure_id
       where e.meter = 'pings' and l.decision_id is not null group by l.decision_id having sum(l.settled + l.held) = 0)
     select identity_id, count(*) as n, max(run) as most from (
       select identity_id, count(*) over (partition by identity_id order by at range between '${PING_SECONDS} seconds' preceding and current row) as run
       from decisions d where action = 'ping' and verdict = 'allow'
         and not exists (select 1 from back where back.decision_id = d.id)) counted group by identity_id`,
  );
  const broken = rows
    .filter((row) => Number(row.most) > LIMITS.pings)
    .map((row) => `identity ${row.identity_id}: ${row.most} in ${PING_SECONDS} s`);
  return claimed(
    `No identity had more than ${LIMITS.pings} pings in any ${PING_SECONDS} s, by the decisions' own times`,
    rows.reduce((sum, row) => sum + Number(row.n), 0),
    broken,
  );
}

async function leasesApart(database: pg.Client): Promise<Claim> {
  const { rows } = await database.query(
    `select count(*) as n, count(*) filter (where created_at < ended) as torn from (
       select h.created_at, lag(least(coalesce(h.closed_at, h.expires_at), h.expires_at)) over (partition by l.exposure_id order by h.created_at, h.id) as ended
       from holds h join hold_lines l on l.hold_id = h.id where h.kind = 'lease') held`,
  );
  const torn = Number(rows[0].torn);
  return claimed(
    'No lease was held twice at a time',
    Number(rows[0].n),
    torn ? [`${torn} leases began before the last had ended`] : [],
  );
}

/** An allow that nobody was answered in the end must have been given back or have expired; one that was answered counts exactly once. */
function countedOnce(journal: Journal, logged: Logged, moved: Map<string, Moved>): Claim {
  const broken: string[] = [];
  let over = 0;
  for (const [id, verdict] of logged) {
    const sums = moved.get(id);
    const granted = journal.granted.get(id);
    if (verdict !== 'allow') {
      if (sums) broken.push(`decision ${id} is ${verdict} and moved ${sums.kinds}`);
      continue;
    }
    over++;
    if (!sums) broken.push(`decision ${id} allowed something and moved nothing`);
    else if (sums.held !== 0) broken.push(`decision ${id} still holds ${sums.held} (${sums.kinds})`);
    else if (!granted) {
      if (sums.settled !== 0)
        broken.push(`decision ${id} was allowed to nobody and counts ${sums.settled} (${sums.kinds})`);
    } else if (granted.action === 'pay' || granted.action === 'ping') {
      if (sums.settled !== granted.amount)
        broken.push(`decision ${id} counts ${sums.settled}, not ${granted.amount} (${sums.kinds})`);
    } else if (granted.action === 'job.start' || !granted.end || granted.end.how === 'released') {
      if (sums.settled !== 0) broken.push(`decision ${id} was given back and counts ${sums.settled} (${sums.kinds})`);
    } else if (sums.settled !== granted.end.actual)
      broken.push(`decision ${id} was settled with ${granted.end.actual} and counts ${sums.settled} (${sums.kinds})`);
  }
  for (const [id, granted] of journal.granted) {
    if (logged.get(id) !== 'allow')
      broken.push(`${granted.action} of ${granted.key} was allowed by ${id}, which is no allow in the log`);
  }
  return claimed('Every allow counts once: retries, repeats and deaths in between change nothing', over, broken);
}

async function holdsOver(database: pg.Client): Promise<Claim> {
  const { rows } = await database.query(
    `select count(*) as n, count(*) filter (where state = 'held' and expires_at < now()) as due from holds`,
  );
  const due = Number(rows[0].due);
  return claimed(
    'Every hold whose time is over is settled, released or expired',
    Number(rows[0].n),
    due ? [`${due} holds are over and still held`] : [],
  );
}

async function verified(): Promise<Claim> {
  await seal(); // what the run's own policy set and token stand on: nothing else here seals
  const proof = await verify(benchCtx);
  return claimed(
    'The chains of all writers, the ledger and the counters agree',
    proof.decisions + proof.ledgerEntries,
    proof.problems.map((problem) => problem.message),
  );
}
