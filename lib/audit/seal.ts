import { announceActs } from '@/lib/audit/announce-acts';
import { entryText } from '@/lib/audit/entry-text';
import { auditWriter, moveHead, putSeals, unsealed } from '@/lib/audit/store';
import { type Tx, transaction } from '@/lib/db/transaction';
import { seal as sealRecord } from '@/lib/decisions/seal';

const AT_ONCE = 1_000;

/**
 * Seals committed audit rows into the chain of the audit's own writer; answers how many. In commit order: a pass takes what
 * is committed and unsealed, so nothing that was committed earlier can come later, and within a pass rows follow their
 * transactions. A row whose transaction is still running is not seen and waits for the next pass.
 */
export async function seal(): Promise<number> {
  let sealed = 0;
  for (;;) {
    const pass = await transaction(sealSome, { timeoutMs: 60_000 });
    sealed += pass;
    if (pass < AT_ONCE) return sealed;
  }
}

async function sealSome(tx: Tx): Promise<number> {
  const writer = await auditWriter(tx);
  const rows = await unsealed(tx, AT_ONCE);
  if (rows.length === 0) return 0;
  let { seq, hash } = writer;
  const seals = rows.map((row) => {
    seq += 1n;
    hash = sealRecord(hash, writer.id, seq, entryText(row));
    return { day: row.day, id: row.id, seq, hash };
  });
  await putSeals(tx, writer.id, seals);
  await moveHead(tx, writer.id, seq, hash);
  // Each is sealed once, so each is told once.
  await announceActs(tx, rows);
  return rows.length;
}
