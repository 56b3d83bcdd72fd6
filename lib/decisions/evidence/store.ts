import { pool } from '@/lib/db/client';
import type { EvidenceQuery } from '@/lib/decisions/evidence/model';

// Which records a question is about: their places in the chains.

export interface Place {
  writer: string;
  seq: bigint;
  day: string;
}

const PLACE = `writer, seq, to_char(day, 'YYYY-MM-DD') as day`;
const period = (column: string): string =>
  `($2::timestamptz is null or ${column} >= $2) and ($3::timestamptz is null or ${column} <= $3)`;

/** Per question: decisions, lone ledger entries, audit rows. $1 is what is asked about, $2 and $3 the period. */
const QUESTIONS: Record<'decision' | 'identity' | 'exposure' | 'period', string> = {
  decision: `with d as (select * from decisions where id = $1::uuid)
    select ${PLACE} from d
    union select ${PLACE} from ledger_entries where hash is not null and (decision_id = $1::uuid or hold_id in (select hold_id from d where hold_id is not null))
      and ${period('at')}
    union select ${PLACE} from audit_entries where seq is not null and (target_id = $1::text or request_id in (select request_id from d where request_id is not null))`,
  identity: `with s as materialized (select id from sessions where identity_id = $1::uuid)
    select ${PLACE} from decisions where identity_id = $1::uuid and ${period('at')}
    union select ${PLACE} from ledger_entries where hash is not null and session_id in (select id from s) and ${period('at')}
    union select ${PLACE} from audit_entries where seq is not null and (target_id = $1::text or target_id in (select id::text from s)) and ${period('at')}`,
  exposure: `select distinct ${PLACE} from ledger_entries where exposure_id = $1::uuid and ${period('at')}
    union select ${PLACE} from decisions where exposure_id = $1::uuid and ${period('at')}`,
  period: `select ${PLACE} from decisions where $1::text is null and ${period('at')}
    union select ${PLACE} from ledger_entries where hash is not null and ${period('at')}
    union select ${PLACE} from audit_entries where seq is not null and ${period('at')}`,
};

/** Places of what is asked about, in chain order; at most `limit`. */
export async function placesOf(query: EvidenceQuery, limit: number): Promise<Place[]> {
  const kind = query.decision ? 'decision' : query.identity ? 'identity' : query.exposure ? 'exposure' : 'period';
  const about = query.decision ?? query.identity ?? query.exposure ?? null;
  const found = await pool().query<Place>(`select * from (${QUESTIONS[kind]}) q order by writer, seq limit ${limit}`, [
    about,
    query.from ?? null,
    query.to ?? null,
  ]);
  return found.rows;
}

/** Where a writer's chain was signed: places of its heads, oldest first, with the day of the checkpoint. */
export async function signedHeads(
  writers: string[],
): Promise<{ writer: string; seq: bigint; checkpoint: bigint; day: string }[]> {
  const found = await pool().query<{ writer: string; seq: bigint; checkpoint: bigint; day: string }>(
    `select (h->>0)::uuid as writer, (h->>1)::bigint as seq, c.seq as checkpoint, to_char(c.at at time zone 'UTC', 'YYYY-MM-DD') as day
     from checkpoints c cross join jsonb_array_elements(c.heads) h where h->>0 = any($1::text[]) order by 1, 2, 3`,
    [writers],
  );
  return found.rows;
}

export async function policySources(
  hashes: string[],
): Promise<{ name: string; version: number; hash: string; source: string }[]> {
  const found = await pool().query<{ name: string; version: number; hash: string; source: string }>(
    'select distinct on (hash) name, version, hash, source from policy_sets where hash = any($1::text[]) order by hash, version',
    [hashes],
  );
  return found.rows;
}

/** What an exposure's dropped ledger entries had come to. */
export async function openingOf(
  exposureId: string,
): Promise<{ revision: string; settled: string; held: string } | null> {
  const found = await pool().query<{ revision: string; settled: string; held: string }>(
    'select revision::text, settled::text, held::text from ledger_openings where exposure_id = $1',
    [exposureId],
  );
  return found.rows[0] ?? null;
}
