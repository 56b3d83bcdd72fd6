import { pool } from '@/lib/db/client';
import { BY_LIMIT, type Reason, SHUT_OUT } from '@/lib/decisions/model';
import type { DenialsFact } from '@/lib/findings/denials-model';
import { floorId } from '@/lib/platform/ids';

const STORM_MS = 5 * 60_000;
const BEFORE_MS = 6 * 3_600_000;
/** Of each identity the newest so many requests are looked at, and as many of before: it may ask thousands a second. */
const MOST = 400;

/** Told by detectors of their own, or Braid's own doing. */
const NOT_A_REFUSAL: readonly Reason[] = [...BY_LIMIT, 'state_unavailable'];

interface Row {
  identity_id: string;
  name: string;
  denied: number;
  asked: number;
  shut_out: number;
  targets: number;
  most: string;
  /** Denied in the hours before, and the seconds that were looked at of them. */
  before: number;
  secs: number;
  sessions: string[];
  decisions: string[];
  first_at: Date;
  last_at: Date;
}

/** What these identities were refused within five minutes up to `untilMs`, of those that were refused `least` times at least. */
export async function readDenials(identityIds: string[], untilMs: number, least: number): Promise<DenialsFact[]> {
  if (!identityIds.length) return [];
  const { rows } = await pool().query<Row>(
    `with asked as materialized (
       select d.id, d.at, d.identity_id, d.session_id, d.reason, d.action || ' on ' || d.resource_type || ' ' || d.resource_id as target,
         d.verdict = 'deny' and not (d.reason = any($5::text[])) as denied
       from unnest($1::uuid[]) w(id) cross join lateral (
         select * from decisions d where d.identity_id = w.id and d.id >= $3 and d.id <= $4 and not d.dry_run order by d.id desc limit ${MOST}) d),
     storms as materialized (
       select identity_id, count(*) filter (where denied)::int as denied, count(*)::int as asked,
         count(*) filter (where denied and reason = any($6::text[]))::int as shut_out,
         count(distinct target) filter (where denied)::int as targets,
         mode() within group (order by target) filter (where denied) as most,
         array_agg(distinct session_id) filter (where denied and session_id is not null) as sessions,
         (array_agg(id order by id desc) filter (where denied))[1:100] as decisions,
         min(at) filter (where denied) as first_at, max(at) filter (where denied) as last_at
       from asked group by 1 having count(*) filter (where denied) >= $7)
     select s.*, i.name, b.denied as before, b.secs from storms s join identities i on i.id = s.identity_id
     cross join lateral (
       select count(*) filter (where verdict = 'deny' and not (reason = any($5::text[])))::int as denied,
         case when count(*) < ${MOST} then ${BEFORE_MS / 1000} else greatest(extract(epoch from max(at) - min(at)), 1)::float8 end as secs
       from (select verdict, reason, at from decisions where identity_id = s.identity_id and id >= $2 and id < $3 and not dry_run
             order by id desc limit ${MOST}) earlier) b`,
    [
      identityIds,
      floorId(untilMs - STORM_MS - BEFORE_MS),
      floorId(untilMs - STORM_MS),
      floorId(untilMs + 1),
      NOT_A_REFUSAL,
      SHUT_OUT,
      least,
    ],
  );
  return rows.map((row) => ({
    identityId: row.identity_id,
    identityName: row.name,
    denied: row.denied,
    asked: row.asked,
    shutOut: row.shut_out,
    targets: row.targets,
    most: row.most,
    usual: (row.before * STORM_MS) / 1000 / row.secs,
    sessions: row.sessions ?? [],
    decisions: row.decisions.reverse(),
    firstAt: row.first_at.toISOString(),
    lastAt: row.last_at.toISOString(),
  }));
}
