import { entryText, type SealedEntry } from '@/lib/exposures/entry-text';

/** The columns of a decision beside its trace, as they are stored. */
export interface SealedColumns {
  id: string;
  atMs: number;
  identityId: string;
  sessionId: string | null;
  verdict: string;
  alone: string | null;
  reason: string;
  message: string | null;
  ruleId: string | null;
  policySet: string | null;
  action: string;
  resourceType: string;
  resourceId: string;
  amount: bigint | null;
  unit: string | null;
  scale: number;
  exposureId: string | null;
  holdId: string | null;
  dryRun: boolean;
  tokenId: string | null;
  requestId: string | null;
  latencyUs: number;
}

/** Columns as they are sealed: a JSON array, so that a changed column is found like a changed trace. */
const columnsText = (row: SealedColumns): string =>
  JSON.stringify([
    row.id,
    row.atMs,
    row.identityId,
    row.sessionId,
    row.verdict,
    row.alone,
    row.reason,
    row.message,
    row.ruleId,
    row.policySet,
    row.action,
    row.resourceType,
    row.resourceId,
    row.amount === null ? null : row.amount.toString(),
    row.unit,
    row.scale,
    row.exposureId,
    row.holdId,
    row.dryRun,
    row.tokenId,
    row.requestId,
    row.latencyUs,
  ]);

/** The text of a decision's record: its trace, its columns and the ledger entries it made, a line each. None holds a line break. */
export function recordText(trace: string, columns: SealedColumns, entries: readonly SealedEntry[]): string {
  let text = `${trace}\n${columnsText(columns)}`;
  for (const entry of entries) text += `\n${entryText(entry)}`;
  return text;
}
