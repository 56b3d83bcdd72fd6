import { pool } from '@/lib/db/client';
import type { DecisionRow, Verdict } from '@/lib/decisions/model';

interface Row {
  id: string;
  at: Date;
  identity_id: string;
  identity_name: string | null;
  session_id: string | null;
  session_label: string | null;
  verdict: Verdict;
  alone: Verdict | null;
  reason: DecisionRow['reason'];
  message: string | null;
  rule_id: string | null;
  policy_set: string | null;
  action: string;
  resource_type: string;
  resource_id: string;
  amount: bigint | null;
  unit: string | null;
  scale: number;
  exposure_id: string | null;
  hold_id: string | null;
  dry_run: boolean;
  latency_us: number;
}

const COLUMNS = `d.id, d.at, d.identity_id, i.name as identity_name, d.session_id, s.label as session_label, d.verdict, d.alone, d.reason, d.message,
  d.rule_id, d.policy_set, d.action, d.resource_type, d.resource_id, d.amount, d.unit, d.scale, d.exposure_id, d.hold_id, d.dry_run, d.latency_us`;
const FROM =
  'from decisions d left join identities i on i.id = d.identity_id left join sessions s on s.id = d.session_id';

const rowOf = (row: Row): DecisionRow => ({
  id: row.id,
  at: row.at.toISOString(),
  identityId: row.identity_id,
  identityName: row.identity_name ?? '',
  sessionId: row.session_id,
  sessionLabel: row.session_label,
  verdict: row.verdict,
  alone: row.alone,
  reason: row.reason,
  message: row.message,
  ruleId: row.rule_id,
  policySet: row.policy_set,
  action: row.action,
  resourceType: row.resource_type,
  resourceId: row.resource_id,
  amount: row.amount?.toString() ?? null,
  unit: row.unit,
  scale: row.scale,
  exposureId: row.exposure_id,
  holdId: row.hold_id,
  dryRun: row.dry_run,
  latencyUs: row.latency_us,
});

export interface Filter {
  identityId?: string;
  workflowId?: string;
  sessionId?: string;
  /** None but those on these sessions. */
  among?: string[];
  verdict?: Verdict[];
  onlySplit?: boolean;
  action?: string;
  q?: string;
  from?: string;
  to?: string;
  /** Only older than this id. */
  before?: string;
  exposureId?: string;
  refused?: boolean;
  limit: number;
}

/** Newest first; pages by id, which is time-ordered. */
export async function page(filter: Filter): Promise<DecisionRow[]> {
  const where: string[] = [];
  const values: unknown[] = [];
  const add = (text: string, value: unknown) => {
    values.push(value);
    where.push(text.replaceAll('?', `$${values.length}`));
  };
  if (filter.identityId) add('d.identity_id = ?', filter.identityId);
  if (filter.workflowId)
    add('d.identity_id in (select m.identity_id from workflow_members m where m.workflow_id = ?)', filter.workflowId);
  if (filter.sessionId) add('d.session_id = ?', filter.sessionId);
  if (filter.among) add('d.session_id = any(?::uuid[])', filter.among);
  if (filter.exposureId) add('d.exposure_id = ?', filter.exposureId);
  if (filter.verdict?.length) add('d.verdict = any(?)', filter.verdict);
  if (filter.onlySplit) where.push(`d.alone = 'allow' and d.verdict <> 'allow'`);
  if (filter.refused) where.push(`d.verdict <> 'allow' and not d.dry_run`);
  if (filter.action) add('d.action = ?', filter.action);
  if (filter.from) add('d.at >= ?', filter.from);
  if (filter.to) add('d.at <= ?', filter.to);
  if (filter.before) add('d.id < ?', filter.before);
  if (filter.q)
    add(
      `(d.action ilike ? or d.resource_id ilike ? or d.resource_type ilike ? or d.rule_id ilike ? or d.reason ilike ? or i.name ilike ? or s.label ilike ? or d.id::text ilike ?)`,
      `%${filter.q.replace(/[\\%_]/g, '\\$&')}%`,
    );
  values.push(filter.limit);
  const found = await pool().query<Row>(
    `select ${COLUMNS} ${FROM} ${where.length ? `where ${where.join(' and ')}` : ''} order by d.id desc limit $${values.length}`,
    values,
  );
  return found.rows.map(rowOf);
}

export interface Stored extends DecisionRow {
  trace: string;
  writer: string;
  seq: string;
  hash: string;
  requestId: string | null;
}

export async function byId(id: string): Promise<Stored | null> {
  const found = await pool().query<
    Row & { trace: string; writer: string; seq: bigint; hash: Buffer; request_id: string | null }
  >(`select ${COLUMNS}, d.trace, d.writer, d.seq, d.hash, d.request_id ${FROM} where d.id = $1`, [id]);
  const row = found.rows[0];
  if (!row) return null;
  const { trace, writer, request_id: requestId } = row;
  return { ...rowOf(row), trace, writer, seq: row.seq.toString(), hash: row.hash.toString('hex'), requestId };
}

export async function neighbours(
  identityId: string,
  id: string,
): Promise<{ previous: DecisionRow | null; next: DecisionRow | null }> {
  const one = async (condition: string, order: string) => {
    const found = await pool().query<Row>(
      `select ${COLUMNS} ${FROM} where d.identity_id = $1 and d.id ${condition} $2 order by d.id ${order} limit 1`,
      [identityId, id],
    );
    return found.rows[0] ? rowOf(found.rows[0]) : null;
  };
  const [previous, next] = await Promise.all([one('<', 'desc'), one('>', 'asc')]);
  return { previous, next };
}

export async function byIds(ids: string[]): Promise<DecisionRow[]> {
  if (!ids.length) return [];
  const found = await pool().query<Row>(`select ${COLUMNS} ${FROM} where d.id = any($1::uuid[])`, [ids]);
  return found.rows.map(rowOf);
}

export async function tracesOf(ids: string[]): Promise<Map<string, string>> {
  if (!ids.length) return new Map();
  const found = await pool().query<{ id: string; trace: string }>(
    'select id, trace from decisions where id = any($1::uuid[])',
    [ids],
  );
  return new Map(found.rows.map((row) => [row.id, row.trace]));
}

/** Which of these decisions are in the log. */
export async function logged(ids: string[]): Promise<Set<string>> {
  const found = await pool().query<{ id: string }>('select id from decisions where id = any($1::uuid[])', [ids]);
  return new Set(found.rows.map((row) => row.id));
}

export interface Counted {
  at: Date;
  verdict: Verdict;
  n: number;
  split: number;
}

/** Counts per step and verdict. */
export async function counts(
  from: string,
  to: string,
  stepSecs: number,
  identityId: string | null,
): Promise<Counted[]> {
  const found = await pool().query<Counted>(
    `select date_bin(make_interval(secs => $3), at, 'epoch'::timestamptz) as at, verdict, count(*)::int as n,
       (count(*) filter (where alone = 'allow' and verdict <> 'allow'))::int as split
     from decisions where at >= $1 and at < $2 and day >= $1::date and not dry_run and ($4::uuid is null or identity_id = $4)
     group by 1, 2 order by 1`,
    [from, to, stepSecs, identityId],
  );
  return found.rows;
}

export async function spared(
  from: string,
  to: string,
  identityId: string | null,
): Promise<{ unit: string; scale: number; amount: bigint }[]> {
  const found = await pool().query<{ unit: string; scale: number; amount: bigint }>(
    `select unit, scale, sum(amount)::bigint as amount from decisions
     where at >= $1 and at < $2 and day >= $1::date and not dry_run and alone = 'allow' and verdict <> 'allow' and unit is not null
       and ($3::uuid is null or identity_id = $3) group by 1, 2 order by 3 desc`,
    [from, to, identityId],
  );
  return found.rows;
}

export interface NamedSession {
  id: string;
  label: string;
  identity_id: string;
  identity_name: string;
  ended: boolean;
}

export async function sessionNames(ids: string[]): Promise<Map<string, NamedSession>> {
  if (!ids.length) return new Map();
  const found = await pool().query<NamedSession>(
    `select s.id, s.label, s.identity_id, i.name as identity_name, s.ended_at is not null as ended
     from sessions s join identities i on i.id = s.identity_id where s.id = any($1::uuid[])`,
    [ids],
  );
  return new Map(found.rows.map((row) => [row.id, row]));
}
