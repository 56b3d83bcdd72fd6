import { type Loose, parsedOf, textOf } from '@/lib/sessions/loose-model';

// Log Analytics and Microsoft Sentinel keep the same records in tables: one column a property, named in upper camel case.

/** Columns that hold an object or list, as such or as a text. */
const NESTED = new Set([
  'Status',
  'LocationDetails',
  'DeviceDetail',
  'InitiatedBy',
  'TargetResources',
  'AdditionalDetails',
  'ManagedServiceIdentity',
  'Agent',
  'AuthenticationProcessingDetails',
  'TokenProtectionStatusDetails',
]);

const TABLES =
  /^(?:SigninLogs|AAD(?:NonInteractiveUser|ServicePrincipal|ManagedIdentity)SignInLogs|ADFSSignInLogs|AuditLogs|MicrosoftGraphActivityLogs)$/i;

/** The Azure Monitor category of a table's row. null: it is no row of such a table. */
export function categoryOf(row: Loose): string | null {
  if (row.TimeGenerated === undefined) return null;
  for (const name of [row.Type, row.Category]) {
    const table = textOf(name, 60);
    if (table && (TABLES.test(table) || /SignInLogs$/i.test(table))) return table.replace(/^AAD/, '');
  }
  return null;
}

/** A row with the names the Graph API gives the same things. */
export function fromRow(row: Loose): Loose {
  const told: Loose = {};
  for (const [column, value] of Object.entries(row)) {
    if (column.startsWith('__')) continue;
    const name =
      column === 'IPAddress'
        ? 'ipAddress'
        : column === 'LocationDetails'
          ? 'location'
          : column[0]?.toLowerCase() + column.slice(1);
    if (column === 'Location' && row.LocationDetails !== undefined) continue;
    told[name] = NESTED.has(column) ? nested(value) : value;
  }
  told.createdDateTime ??= row.TimeGenerated;
  told.userAgent ??= row.UserAgent;
  if (told.isInteractive === 'true') told.isInteractive = true;
  return told;
}

function nested(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  return /^\s*\[/.test(value) ? parsedOf(`{"list":${value}}`).list : parsedOf(value);
}
