// How far each scan has read.
import { z } from 'zod';
import { pool } from '@/lib/db/client';
import type { Tx } from '@/lib/db/transaction';
import type { Envelope } from '@/lib/findings/picture-model';
import { pairOf, type Standing } from '@/lib/findings/storm-state';

export async function readCursor(name: string): Promise<string | null> {
  const { rows } = await pool().query<{ value: unknown }>('select value from settings where key = $1', [name]);
  return z
    .string()
    .nullable()
    .catch(null)
    .parse(rows[0]?.value ?? null);
}

export async function writeCursor(tx: Tx, name: string, value: string): Promise<void> {
  await tx.$executeRaw`insert into settings (key, value) values (${name}, ${JSON.stringify(value)}::jsonb)
    on conflict (key) do update set value = excluded.value, updated_at = now()`;
}

/** What is learned of an identity. null: nothing yet. */
export async function readEnvelope(identityId: string): Promise<Envelope | null> {
  const { rows } = await pool().query<{ learned: Envelope | object }>(
    'select learned from envelopes where identity_id = $1',
    [identityId],
  );
  const [row] = rows;
  return row && 'days' in row.learned ? row.learned : null;
}

/** What stands for the identities and detectors of these: each cause, and whether it is open or acknowledged. */
export async function readStanding(
  tx: Tx,
  found: readonly Pick<Standing, 'identityId' | 'detector'>[],
): Promise<Standing[]> {
  if (found.length === 0) return [];
  const pairs = [...new Map(found.map((one) => [pairOf(one), one])).values()];
  return tx.$queryRaw<Standing[]>`
    select f.identity_id::text as "identityId", f.detector, f.cause, f.state in ('open', 'acknowledged') as active
    from jsonb_to_recordset(${JSON.stringify(pairs.map(({ identityId, detector }) => ({ identityId, detector })))}::jsonb) p("identityId" uuid, detector text)
    join findings f on f.identity_id = p."identityId" and f.detector = p.detector limit 20000`;
}

export interface Drilled {
  identityId: string;
  from: Date;
  until: Date;
}

/** Drills of these canaries from a week before `since` on. One that never ended counts for an hour: a canary is not unwatched for ever. */
export async function readDrilled(tx: Tx, identityIds: string[], since: Date): Promise<Drilled[]> {
  if (identityIds.length === 0) return [];
  return tx.$queryRaw<Drilled[]>`
    select identity_id::text as "identityId", started_at as "from", coalesce(ended_at, started_at + interval '1 hour') as until
    from drills where identity_id = any(${identityIds}::uuid[]) and started_at > ${since}::timestamptz - interval '7 days'
    limit 5000`;
}
