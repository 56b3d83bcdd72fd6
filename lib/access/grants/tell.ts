import { minutesText } from '@/lib/access/grants/format';
import type { GrantRow } from '@/lib/access/grants/model';
import type { Tx } from '@/lib/db/transaction';
import { announce } from '@/lib/notifications/announce';

/** A grant as the audit names it. */
export const targetOf = (grant: { id: string; operatorName: string; askedRole: string; role: string | null }) => ({
  type: 'grant',
  id: grant.id,
  name: `${grant.operatorName} as ${grant.role ?? grant.askedRole}`,
});

/** Asks whoever may grant. */
export const tellAsked = (tx: Tx, row: GrantRow): Promise<void> =>
  announce(tx, [
    {
      event: 'grant.asked',
      target: { type: 'grant', id: row.id },
      identityId: row.about?.type === 'identity' ? row.about.id : null,
      severity: 'high',
      body: {
        title: `${row.operatorName} asks to be ${row.askedRole} for ${minutesText(row.askedMinutes)}`.slice(0, 300),
        summary: row.about ? `For ${row.about.name}: ${row.reason}`.slice(0, 2000) : row.reason,
        reasons: [],
        path: `/settings/grants/${row.id}`,
        end: null,
        by: row.operatorName,
      },
    },
  ]);
