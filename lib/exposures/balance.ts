import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { entryText } from '@/lib/exposures/entry-text';
import type { EntryKind } from '@/lib/exposures/model';
import { countRows, ledgerPage, unbalanced } from '@/lib/exposures/store';

export interface SealedEntry {
  seq: bigint;
  hash: Buffer;
  /** The text its hash was made of, rebuilt from its row. */
  text: string;
}

/** Ledger entries of one writer in a stretch of its chain. */
export async function sealedEntries(
  ctx: Ctx,
  writer: string,
  afterSeq: bigint,
  upToSeq: bigint,
): Promise<SealedEntry[]> {
  authorise(ctx, 'console.read');
  const rows = await ledgerPage(writer, afterSeq, upToSeq);
  return rows.map((row) => ({
    seq: row.seq,
    hash: row.hash,
    text: entryText({
      exposureId: row.exposure_id,
      revision: row.revision,
      atMs: row.at.getTime(),
      kind: row.kind as EntryKind,
      settled: row.settled,
      held: row.held,
      settledNow: row.settled_now,
      heldNow: row.held_now,
      sessionId: row.session_id,
      identityId: row.identity_id,
      decisionId: row.decision_id,
      holdId: row.hold_id,
    }),
  }));
}

/** Whether every counter is what its ledger, its slices and its open holds sum to. */
export async function balance(ctx: Ctx): Promise<{ exposures: number; entries: number; problems: string[] }> {
  authorise(ctx, 'console.read');
  const [counted, wrong] = await Promise.all([countRows(), unbalanced()]);
  return { ...counted, problems: wrong.map((one) => `exposure ${one.id} (${one.meter} ${one.key}): ${one.why}`) };
}
