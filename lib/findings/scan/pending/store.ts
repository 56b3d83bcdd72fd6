// Which stretches of whose events detection has still to read, and what is learned of whom.
import { pool } from '@/lib/db/client';
import type { Tx } from '@/lib/db/transaction';
import type { Envelope } from '@/lib/findings/picture-model';
import { clock } from '@/lib/platform/clock';
import { floorId, newId } from '@/lib/platform/ids';

export interface Pending {
  identityId: string;
  /** Of this reading: what it learned is written only while no other has begun. */
  reader: string;
  /** ISO 8601, microseconds: exactly as it is stored. */
  from: string;
  to: string;
  envelope: Envelope | null;
}

/** A reading that took so long has ended with its process: another may begin. */
const GIVEN_UP_MS = 120_000;
const TIME = `'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'`;
const exact = (column: string) => `to_char(${column} at time zone 'UTC', ${TIME})`;

/** Now, by the database's clock, as exactly as it keeps it. */
export async function databaseNow(): Promise<string> {
  const { rows } = await pool().query<{ now: string }>(`select ${exact('now()')} as now`);
  return rows[0]!.now;
}

/**
 * Begins a reading of identities with events still to be read, those that waited longest first; `only`: of these; `since`: of
 * those that wait since then. The stretch stays as it is until it was read, so none is lost with the process; what comes
 * from now on is marked beside it.
 */
export async function readPending(most: number, only?: readonly string[], since?: string): Promise<Pending[]> {
  const reader = newId();
  const { rows } = await pool().query<{ identity_id: string; f: string; t: string; learned: Envelope | object }>(
    `with next as (
       select identity_id, updated_at as waited from envelopes
       where pending_from is not null and updated_at <= coalesce($5::timestamptz, now())
         and case when $2::uuid[] is null then reader is null or reader < $4::uuid else identity_id = any($2) end
       order by updated_at, identity_id limit $1 for update skip locked
     ), begun as (
       update envelopes e set reader = $3, came_from = null, pending_to = greatest(e.pending_from, e.pending_to)
       from next n where n.identity_id = e.identity_id returning e.*, n.waited
     )
     select identity_id, ${exact('pending_from')} as f, ${exact('pending_to')} as t, learned from begun order by waited, identity_id`,
    [most, only ?? null, reader, floorId(clock.ms() - GIVEN_UP_MS), since ?? null],
  );
  return rows.map((row) => ({
    identityId: row.identity_id,
    reader,
    from: row.f,
    to: row.t,
    envelope: 'days' in row.learned ? row.learned : null,
  }));
}

/**
 * What was learned, and that this stretch was read. What came since the reading began still waits, from its earliest on.
 * `rest`: where reading stopped, when there was too much for one pass; it waits since it waited. Nothing is written when
 * another reading has begun.
 */
export async function writeEnvelope(
  tx: Tx,
  { identityId, reader }: Pick<Pending, 'identityId' | 'reader'>,
  envelope: Envelope | null,
  rest: string | null,
): Promise<void> {
  await tx.$executeRaw`
    update envelopes set learned = ${JSON.stringify(envelope ?? {})}::jsonb,
      updated_at = case when ${rest}::timestamptz is null then now() else updated_at end, reader = null, came_from = null,
      pending_from = least(came_from, ${rest}::timestamptz),
      pending_to = case when least(came_from, ${rest}::timestamptz) is not null then pending_to end
    where identity_id = ${identityId}::uuid and reader = ${reader}::uuid`;
}

/** What could not be read waits a while, so that it keeps nobody else's events waiting. */
export async function putOff(identityId: string): Promise<void> {
  await pool().query(
    "update envelopes set updated_at = now() + interval '5 minutes', reader = null where identity_id = $1",
    [identityId],
  );
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
      pending_to = greatest(e.pending_to, excluded.pending_to), came_from = least(e.came_from, excluded.pending_from)`;
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
      pending_to = greatest(e.pending_to, excluded.pending_to), came_from = least(e.came_from, excluded.pending_from)`;
}

/** Whose stretch of events is to be read again. */
export async function expectStretch(tx: Tx, identityId: string, { from, to }: { from: Date; to: Date }): Promise<void> {
  await tx.$executeRaw`
    insert into envelopes as e (identity_id, pending_from, pending_to) values (${identityId}::uuid, ${from}, ${to})
    on conflict (identity_id) do update set pending_from = least(e.pending_from, excluded.pending_from),
      pending_to = greatest(e.pending_to, excluded.pending_to), came_from = least(e.came_from, excluded.pending_from)`;
}
