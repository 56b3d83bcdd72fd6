import { activityOf } from '@/lib/connectors/entra/audit-normalise';
import { callOf } from '@/lib/connectors/entra/graph-normalise';
import { unwrap } from '@/lib/connectors/entra/read-normalise';
import { signInOf } from '@/lib/connectors/entra/sign-in-normalise';
import { madeId } from '@/lib/connectors/record-id-model';
import type { Normalised } from '@/lib/sessions/import-model';
import { textOf } from '@/lib/sessions/loose-model';
import { readInstant } from '@/lib/sessions/time-model';

const rejected = (reason: string): Normalised => ({ kind: 'rejected', reason });

/** One sign-in, directory audit or Graph activity record of Microsoft Entra, as the Graph API answers it, Azure Monitor exports it or Log Analytics keeps it. */
export function normalise(record: unknown): Normalised {
  const read = unwrap(record);
  if (read === 'other') return { kind: 'skipped' };
  if (!read)
    return rejected(
      'is no sign-in or audit record of Microsoft Entra, in the shape of Graph, Azure Monitor or Log Analytics',
    );
  const { told, outer, log } = read;
  const eventId = textOf(told.id, 512) ?? textOf(told.requestId, 512) ?? madeId(outer);
  if (!eventId) return rejected('has no id');
  const at =
    readInstant(told.createdDateTime) ??
    readInstant(told.activityDateTime) ??
    readInstant(outer.time) ??
    readInstant(outer.TimeGenerated);
  if (!at) return rejected('has no createdDateTime, activityDateTime or time that can be read');
  const event = log === 'audit' ? activityOf(told, at) : log === 'graph' ? callOf(told) : signInOf(read, at);
  return event ? { kind: 'event', event: { source: 'entra', eventId, at, ...event } } : { kind: 'skipped' };
}

const TABLE = /"TimeGenerated"\s*:/;
const TABLE_OF =
  /"(?:Type|Category)"\s*:\s*"(?:AAD)?(?:(?:NonInteractiveUser|ServicePrincipal|ManagedIdentity|ADFS)?SignInLogs|AuditLogs|MicrosoftGraphActivityLogs)"/i;
const AZURE_MONITOR =
  /"category"\s*:\s*"(?:(?:NonInteractiveUser|ServicePrincipal|ManagedIdentity|ADFS)?SignInLogs|AuditLogs|MicrosoftGraphActivityLogs)"/i;

/** A file whose beginning holds Azure Monitor's categories of Entra, or the field names of Graph's sign-ins or directory audits. */
export const sniff = (sample: string): boolean =>
  AZURE_MONITOR.test(sample) ||
  (TABLE.test(sample) && TABLE_OF.test(sample)) ||
  (/"createdDateTime"\s*:/.test(sample) &&
    /"(?:userPrincipalName|servicePrincipalId|servicePrincipalName)"\s*:/.test(sample) &&
    /"(?:conditionalAccessStatus|resourceDisplayName|appliedConditionalAccessPolicies)"\s*:/.test(sample)) ||
  (/"activityDisplayName"\s*:/.test(sample) && /"(?:initiatedBy|targetResources)"\s*:/.test(sample));
