import { entryText, SEALED_COLUMNS, type SealedRow } from '@/lib/audit/entry-text';
import { pool } from '@/lib/db/client';
import { sha256Hex } from '@/lib/platform/ids';
import type { Certificate } from '@/lib/revocations/certificate/model';

type Row = SealedRow & { writer: string | null; seq: string | null; hash: string | null };

/** The audit entry in which a revocation was asked for; null once retention has let it go. */
export async function auditOf(identityId: string, revocationId: string): Promise<Certificate['audit']> {
  const { rows } = await pool().query<Row>(
    `select ${SEALED_COLUMNS}, writer, seq::text as seq, encode(hash, 'hex') as hash from audit_entries
      where target_id = $1 and detail->>'revocationId' = $2 order by id limit 1`,
    [identityId, revocationId],
  );
  const [row] = rows;
  if (!row) return null;
  const { writer, seq, hash } = row;
  return {
    id: row.id,
    at: row.at,
    action: row.action,
    digest: sha256Hex(entryText(row)),
    sealed: writer && seq && hash ? { writer, seq, hash } : null,
  };
}

export async function newestCheckpoint(): Promise<Certificate['checkpoint']> {
  const { rows } = await pool().query<{ seq: string; text: string }>(
    'select seq::text as seq, text from checkpoints order by seq desc limit 1',
  );
  return rows[0] ?? null;
}
