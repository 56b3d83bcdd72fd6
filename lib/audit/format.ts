import { type AuditRow, auditRowSchema } from '@/lib/audit/model';

export const AUDIT_FILTERS = ['q', 'action', 'actorKind', 'actor', 'target', 'grant', 'from', 'to'] as const;

/** The filters of the audit log out of a page's search parameters; whatever else stands there is left alone. */
export const auditFilters = (search: Record<string, string | string[] | undefined>): Record<string, string> =>
  Object.fromEntries(
    AUDIT_FILTERS.flatMap((key) => {
      const value = search[key];
      return typeof value === 'string' && value ? [[key, value]] : [];
    }),
  );

/** "operator.sign_in_refused" → "operator · sign in refused". */
export const actionWords = (action: string): string => action.replaceAll('_', ' ').replace('.', ' · ');

type Stored = Omit<AuditRow, 'at' | 'sealedAs' | 'actorKind' | 'detail'> & {
  at: Date;
  seq: bigint | null;
  actorKind: string;
  detail: unknown;
};

/** A stored entry as it is shown. */
export const auditRow = ({ seq, ...row }: Stored): AuditRow =>
  auditRowSchema.parse({
    ...row,
    sealedAs: seq?.toString() ?? null,
    at: row.at.toISOString(),
    targetName: row.targetName?.slice(0, 1000) ?? null,
    reason: row.reason?.slice(0, 4000) ?? null,
  });
