import { categoryOf, fromRow } from '@/lib/connectors/entra/table-normalise';
import { type Loose, listOf, objectOf, parsedOf, textOf } from '@/lib/sessions/loose-model';

export type EntraLog = 'user' | 'servicePrincipal' | 'managedIdentity' | 'audit' | 'graph';

export interface EntraRecord {
  log: EntraLog;
  /** What Azure Monitor puts around it; the record itself in the Graph API's shape. */
  outer: Loose;
  told: Loose;
}

/** Entra writes "" and an id of zeros where it has nothing. */
export function said(value: unknown, most: number): string | null {
  const text = textOf(value, most);
  return text === null || /^(?:[0-]+|none|null|unknown)$/i.test(text.trim()) ? null : text;
}

const CATEGORIES: Record<string, EntraLog> = {
  signinlogs: 'user',
  noninteractiveusersigninlogs: 'user',
  adfssigninlogs: 'user',
  serviceprincipalsigninlogs: 'servicePrincipal',
  managedidentitysigninlogs: 'managedIdentity',
  auditlogs: 'audit',
  microsoftgraphactivitylogs: 'graph',
};

/** Which log a record is of, in any of its shapes. `other`: Azure Monitor's, of a log that holds no sign-in and no audit. null: none. */
export function unwrap(record: unknown): EntraRecord | 'other' | null {
  const outer = parsedOf(record);
  const category = textOf(outer.category, 100);
  const inside = parsedOf(outer.properties);
  if (category && Object.keys(inside).length > 0) {
    const log = CATEGORIES[category.toLowerCase()];
    if (log) return { log: log === 'user' ? kindOf(inside) : log, outer, told: inside };
    return textOf(outer.operationName, 200) ? 'other' : null;
  }
  const table = categoryOf(outer);
  const of = table && CATEGORIES[table.toLowerCase()];
  if (of) {
    const told = fromRow(outer);
    return { log: of === 'user' ? kindOf(told) : of, outer: { ...outer, resultType: outer.ResultType }, told };
  }
  if (textOf(outer.activityDisplayName, 300) && typeof outer.initiatedBy === 'object')
    return { log: 'audit', outer, told: outer };
  if (textOf(outer.createdDateTime, 64) && typeof outer.status === 'object' && 'appId' in outer) {
    return { log: kindOf(outer), outer, told: outer };
  }
  return null;
}

/** A sign-in that names no user is a service principal's or a managed identity's. */
function kindOf(told: Loose): EntraLog {
  const types = listOf(told.signInEventTypes, 8);
  if (types.includes('managedIdentity')) return 'managedIdentity';
  if (types.includes('servicePrincipal')) return 'servicePrincipal';
  if (said(told.userId, 100) || said(told.userPrincipalName, 300)) return 'user';
  if (!said(told.servicePrincipalId, 100)) return 'user';
  return said(objectOf(told.managedServiceIdentity).msiType, 40) ? 'managedIdentity' : 'servicePrincipal';
}

/** A value out of a list of `{key, value}`. */
export function keyed(list: unknown, name: string): string | null {
  for (const each of listOf(list, 100)) {
    const pair = objectOf(each);
    if (pair.key === name) return said(pair.value, 4096);
  }
  return null;
}
