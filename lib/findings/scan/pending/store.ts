// Which stretches of whose events detection has still to read, and what is learned of whom.
import { pool } from '@/lib/db/client';
import type { Tx } from '@/lib/db/transaction';
import type { Envelope } from '@/lib/findings/picture-model';

export interface Pending {
  identityId: string;
  /** ISO 8601, microseconds: exactly as it is stored. */
  from: string;
  to: string;
  envelope: Envelope | null;
}

const TIME = `'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'`;
const exact = (column: string) => `to_char(${column} at time zone 'UTC', ${TIME})`;

/** Identities with events still to be read, those that waited longest first; `only`: of these. */
export async function readPending(most: number, only?: readonly string[]): Promise<Pending[]> {
  const { rows } = await pool().query<{ identity_id: string; f: string; t: string; learned: Envelope | object }>(
    `select identity_id, ${exact('pending_from')} as f, ${exact('pending_to')} as t, learned from envelopes
     where pending_from is not null and ($2::uuid[] is null or identity_id = any($2)) order by updated_at, identity_id limit $1`,
    [most, only ?? null],
  );
  return rows.map((row) => ({
    identityId: row.identity_id,
    from: row.f,
    to: row.t,
    envelope: 'days' in row.learned ? row.learned : null,
  }));
}

/**
 * What was learned, and that this stretch was read. What came meanwhile still waits: all of it where it begins earlier; else
 * from a minute before where reading ended, as logs are late by so much. `rest`: where reading stopped, when there was too
 * much for one pass.
 */
export async function writeEnvelope(
  tx: Tx,
  pending: Pending,
  envelope: Envelope | null,
  rest: string | null,
): Promise<void> {
  await tx.$executeRaw`
    with read as (select ${pending.from}::timestamptz as f, ${pending.to}::timestamptz as t, ${rest}::timestamptz as rest),
    left_over as (
      select e.identity_id, case
        when e.pending_from is null then null
        when e.pending_from < read.f then e.pending_from
        when read.rest is not null then read.rest
        when e.pending_to > read.t then greatest(read.f, read.t - interval '1 minute')
      end as f
      from envelopes e, read where e.identity_id = ${pending.identityId}::uuid for update of e
    )
    update envelopes e set learned = ${JSON.stringify(envelope ?? {})}::jsonb, updated_at = now(), pending_from = l.f,
      pending_to = case when l.f is not null then e.pending_to end
    from left_over l where e.identity_id = l.identity_id`;
}

/** Whose credentials, names or sessions were ended by what somebody else did: their events since are read again. */
export async function expectOwners(
  tx: Tx,
  ended: readonly { externalId: string; at: string; by: string }[],
): Promise<void> {
  if (ended.length === 0) return;
  await tx.$executeRaw`
    with ended as (select * from jsonb_to_recordset(${JSON.stringify(ended)}::jsonb) x("externalId" text, at timestamptz, by uuid)),
    owners as (
      select c.identity_id, ended.at from ended join credentials c on c.external_id = ended."externalId"
      union select a.identity_id, ended.at from ended join identity_aliases a on a.external_id = ended."externalId"
    ), reach as (
      select o.identity_id, min(o.at) as f, greatest(max(i.last_seen_at), min(o.at)) as t from owners o join identities i on i.id = o.identity_id
      where i.last_seen_at >= o.at and not exists (select 1 from ended where ended.by = o.identity_id) group by 1 order by 1
    )
    insert into envelopes as e (identity_id, pending_from, pending_to) select identity_id, f, t from reach
    on conflict (identity_id) do update set pending_from = least(e.pending_from, excluded.pending_from),
      pending_to = greatest(e.pending_to, excluded.pending_to)`;
}

/** Identities with sessions that are dark, as far as no finding says so yet: they may have no event that would be read. */
export async function expectDark(tx: Tx): Promise<void> {
  await tx.$executeRaw`
    insert into envelopes as e (identity_id, pending_from, pending_to)
    select distinct s.identity_id, now(), now() from sessions s
    where s.connector_id is not null and s.dark and s.ended_at is null
      and not exists (select from findings f where f.identity_id = s.identity_id and f.detector = 'dark-session'
        and f.evidence -> 'sessions' ? s.id::text)
    order by 1 limit 500
    on conflict (identity_id) do update set pending_from = least(e.pending_from, excluded.pending_from),
      pending_to = greatest(e.pending_to, excluded.pending_to)`;
}
