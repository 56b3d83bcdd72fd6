// How far each scan has read.
import { z } from 'zod';
import { pool } from '@/lib/db/client';
import type { Tx } from '@/lib/db/transaction';
import type { Envelope } from '@/lib/findings/picture-model';

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
