import { actionWords, auditRow } from '@/lib/audit/format';
import type { AuditRow } from '@/lib/audit/model';
import { rowsNamed } from '@/lib/audit/store';
import type { Tx } from '@/lib/db/transaction';
import { announce } from '@/lib/notifications/announce';
import { listens } from '@/lib/notifications/listens';
import type { Told } from '@/lib/notifications/model';

/** More detail than this is left in the log, characters of JSON. */
const DETAIL_MOST = 16_000;

const small = (row: AuditRow): AuditRow =>
  JSON.stringify(row.detail).length > DETAIL_MOST ? { ...row, detail: { leftOut: 'it is in the audit log' } } : row;

const toldOf = (row: AuditRow): Told => {
  const what = actionWords(row.action);
  return {
    event: 'audit.act',
    target: { type: 'act', id: row.id },
    identityId: row.targetType === 'identity' ? row.targetId : null,
    severity: 'low',
    body: {
      title: `${row.actorName}: ${what}${row.targetName ? `, ${row.targetName}` : ''}`.slice(0, 300),
      summary: (row.reason ?? '').slice(0, 2000),
      reasons: [],
      path: `/audit?q=${encodeURIComponent(row.targetId ?? row.actorName)}`.slice(0, 300),
      end: null,
      by: row.actorName.slice(0, 200),
      act: small(row),
    },
  };
};

/** Tells channels that listen to it what was done, as it is sealed. Reads nothing where none does. */
export async function announceActs(tx: Tx, rows: { day: string; id: string }[]): Promise<void> {
  if (rows.length === 0 || !(await listens(tx, 'audit.act'))) return;
  const acts = await rowsNamed(tx, rows);
  await announce(tx, acts.map(auditRow).map(toldOf));
}
