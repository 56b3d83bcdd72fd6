import { vi } from 'vitest';
import type { Answered, Op, Request, Seen } from '@/bench/model/reference';
import type { Ctx } from '@/lib/access/model';
import { pool } from '@/lib/db/client';
import type { Answer } from '@/lib/decisions/request-model';
import type { HoldRow } from '@/lib/exposures/model';
import { newId } from '@/lib/platform/ids';

/** A month that ends while this runs would be no month of the model: then it is another zone's. */
const ZONE = new Date(Date.now() + 3_600_000).getUTCMonth() === new Date().getUTCMonth() ? 'UTC' : 'Etc/GMT+6';

export const POLICY = `set: model
default: allow
meters:
  paid: { sum: context.amount, unit: EUR, scale: 0, per: resource.id, over: 24h, on: action.name == "pay" }
  payers: { count: true, per: identity, over: 24h, on: action.name == "pay" }
  spend: { sum: context.amount, unit: EUR, scale: 0, per: identity, over: 24h, settle: explicit, hold: 15m, on: action.name == "spend" }
  job: { lease: true, per: resource.id, hold: 15m, on: action.name == "job" }
  read: { distinct: context.document, per: resource.id, over: 24h, on: action.name == "read" }
  bill: { sum: context.amount, unit: EUR, scale: 0, per: resource.id, window: { fixed: month, zone: ${ZONE} }, on: action.name == "bill" }
rules:
  - id: account
    limit: { meter: paid, max: 10 }
  - id: payers
    limit: { meter: payers, max: 100000 }
  - id: budget
    limit: { meter: spend, max: 10 }
  - id: single-job
    limit: { meter: job, max: 1 }
  - id: documents
    limit: { meter: read, max: 2 }
  - id: month
    limit: { meter: bill, max: 10 }
`;

const token: Ctx = { actor: { kind: 'token', id: newId(), name: 'model', scopes: ['decide'], issuer: 'default' } };

/** A decision point of its own inside this process: modules of its own, so a lane, a queue and copies of its own. */
export interface Point {
  run(op: Op, holds: Map<string, string>): Promise<Seen>;
  close(): Promise<void>;
}

/** Loads the decision path anew. What was mocked before stays mocked in it: how a bug is planted in a module. */
export async function loadPoint(): Promise<Point> {
  vi.resetModules();
  const { decide } = await import('@/lib/decisions/decide');
  const { settle } = await import('@/lib/exposures/settle');
  const { release } = await import('@/lib/exposures/release');
  const { withdraw } = await import('@/lib/exposures/withdraw');
  const { closeLane } = await import('@/lib/exposures/close-lane');
  const { evaluateMany } = await import('@/lib/decisions/evaluate-many');
  const answered = ({ decision, context }: Answer, holds: Map<string, string>): Answered | { saw: 'away' } => {
    if (context.reason === 'state_unavailable') return { saw: 'away' };
    if (!decision) return { saw: 'deny' };
    const braid = context.braid as { decision_id: string; hold_id?: string };
    if (braid.hold_id) holds.set(braid.decision_id, braid.hold_id);
    return { saw: 'allow', id: braid.decision_id };
  };
  const asked = async (request: Request, holds: Map<string, string>): Promise<Seen> =>
    answered((await decide(token, bodyOf(request))) as Answer, holds);
  const looked = async (request: Request): Promise<Seen> => {
    const { decision, context } = await decide(token, bodyOf(request, true));
    return context.reason === 'state_unavailable' ? { saw: 'away' } : { saw: 'would', allow: decision };
  };
  const askedTogether = async ({ requests, semantic }: Op & { do: 'batch' }, holds: Map<string, string>) => {
    const body = {
      evaluations: requests.map((one) => bodyOf(one)),
      options: { evaluations_semantic: semantic },
    };
    const { evaluations } = (await evaluateMany(token, body)) as { evaluations: Answer[] };
    const each = evaluations.map((one) => answered(one, holds));
    const kept = each.filter((one): one is Answered => one.saw !== 'away');
    if (kept.length === each.length) return { saw: 'many' as const, each: kept };
    // One transaction: of such a batch nothing happened.
    if (kept.length > 0) throw new Error('Part of a batch was answered, part of it was away.');
    return { saw: 'away' as const };
  };
  const done = async (row: Promise<HoldRow>): Promise<Seen> => {
    await row;
    return { saw: 'done' };
  };
  const work = async (op: Op, holds: Map<string, string>): Promise<Seen> => {
    if (op.do === 'ask') return asked(op.request, holds);
    if (op.do === 'look') return looked(op.request);
    if (op.do === 'batch') return askedTogether(op, holds);
    if (op.do === 'settle') return done(settle(token, { holdId: holds.get(op.of)!, amount: op.amount }));
    if (op.do === 'release') return done(release(token, { holdId: holds.get(op.of)! }));
    if (op.do === 'withdraw')
      return { saw: 'moved', rows: await withdraw(token, { decisionId: op.of, holdId: holds.get(op.of) }) };
    return lapse(holds.get(op.of)!);
  };
  return {
    run: (op, holds) => work(op, holds).catch(seenOf),
    close: closeLane,
  };
}

function seenOf(error: { code?: string; detail?: { committed?: string } }): Seen {
  if (error.code === 'hold.closed') return { saw: 'closed' };
  if (error.code === 'state_unavailable') return { saw: error.detail?.committed === 'unknown' ? 'unknown' : 'away' };
  throw error;
}

const bodyOf = ({ what, identity, resource, session, amount, document, key }: Request, dry = false) => ({
  subject: { type: 'service_account', id: identity },
  action: { name: what },
  resource: { type: 'thing', id: resource },
  context: {
    amount,
    ...(document ? { document } : {}),
    braid: { session: { id: session }, ...(dry ? { dry_run: true } : { idempotency_key: key }) },
  },
});

/** Time passes for one hold alone: its end is now, and no copy in memory knows it. */
async function lapse(holdId: string): Promise<Seen> {
  const client = await pool().connect();
  try {
    await client.query('begin');
    const lines = await client.query(
      `select e.id from exposures e join hold_lines l on l.exposure_id = e.id where l.hold_id = $1 order by e.id for update of e`,
      [holdId],
    );
    await client.query(`update holds set expires_at = now() - interval '1 ms' where id = $1 and state = 'held'`, [
      holdId,
    ]);
    await client.query('update exposures set version = version + 1, aside = aside + 1 where id = any($1)', [
      lines.rows.map((row) => row.id),
    ]);
    await client.query('commit');
    return { saw: 'done' };
  } finally {
    client.release();
  }
}

/** What the database says stands against a limit, the time of holds that are over not counted. */
export async function standing(what: Request['what'], scope: string): Promise<number> {
  const meter = what === 'pay' ? 'paid' : what;
  const { rows } = await pool().query(
    `select coalesce(sum(e.settled + e.held - coalesce((select sum(l.amount) from hold_lines l join holds h on h.id = l.hold_id
              where l.exposure_id = e.id and h.state = 'held' and h.expires_at <= clock_timestamp()), 0)), 0)::int8 as total
     from exposures e left join identity_aliases a on a.identity_id::text = e.key
     where e.policy_set = 'model' and e.meter = $1 and coalesce(a.external_id, e.key) = $2`,
    [meter, scope],
  );
  return Number(rows[0].total);
}
