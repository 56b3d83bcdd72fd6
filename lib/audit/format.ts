export const AUDIT_FILTERS = ['q', 'action', 'actorKind', 'actor', 'target', 'from', 'to'] as const;

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
