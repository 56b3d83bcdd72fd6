import { normalise, sniff } from '@/lib/connectors/microsoft365/normalise';
import type { LogFormat } from '@/lib/sessions/import-model';

export const microsoft365: LogFormat = {
  name: 'microsoft365',
  aliases: ['m365', 'office365', 'o365'],
  title: 'Microsoft 365 unified audit',
  // The audit search exports comma-separated values with the record in a field; everything else is JSON.
  shape: (sample) => (/^\uFEFF?"?\w+"?,[^\n]*\bAuditData\b/.test(sample) ? 'csv' : 'json'),
  lists: ['value', 'records'],
  sniff,
  normalise,
};
