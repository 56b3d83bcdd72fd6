import { callerOf } from '@/lib/connectors/caller-model';
import { type DirectoryChange, directoryConsent, directoryLife, keyChange } from '@/lib/connectors/directory-model';
import { identityOf, isSystem } from '@/lib/connectors/microsoft365/identity-normalise';
import { named, partiesOf, said, unwrap } from '@/lib/connectors/microsoft365/read-normalise';
import { madeId } from '@/lib/connectors/record-id-model';
import { agentFamily, isBrowser } from '@/lib/sessions/agent-model';
import type { Normalised } from '@/lib/sessions/import-model';
import { type Loose, listOf, numberOf, objectOf, saying, textOf, wordOf } from '@/lib/sessions/loose-model';
import type { SessionEventInput } from '@/lib/sessions/model';
import { readInstant } from '@/lib/sessions/time-model';

/** A pause longer than this splits a session that is only inferred, seconds. */
const GAP_SECS = 1800;
/** A session that shows nothing for longer than an access token lives has none. */
const NATIVE_GAP_SECS = 5400;

const rejected = (reason: string): Normalised => ({ kind: 'rejected', reason });

/** One record of the Microsoft 365 unified audit log. */
export function normalise(record: unknown): Normalised {
  const audit = unwrap(record);
  if (audit === 'header') return { kind: 'skipped' };
  if (!audit)
    return rejected('is no unified audit record: CreationTime and Operation, or AuditData with them, are missing');
  const at = readInstant(audit.CreationTime);
  if (!at) return rejected('has no CreationTime that can be read');
  const eventId = textOf(audit.Id, 512) ?? madeId(audit);
  if (!eventId) return rejected('has no Id');
  const identity = identityOf(audit);
  if (!identity) return { kind: 'skipped' };
  const operation = textOf(audit.Operation, 150)!.replace(/[.\s]+$/, '');
  const workload = said(audit.Workload, 40) ?? 'Microsoft365';
  const written = said(audit.ClientIP, 300) ?? said(audit.ClientIPAddress, 300) ?? said(audit.ActorIpAddress, 300);
  const address = callerOf(written?.replace(/^\[([\d.]+)\](?=$|:\d)/, '$1'));
  const { network } = address;
  const agent = agentFamily(said(audit.UserAgent, 4096) ?? named(audit.ExtendedProperties, 'UserAgent'));
  const passed = !failed(audit, operation);
  return {
    kind: 'event',
    event: {
      source: 'microsoft365',
      eventId,
      at,
      identity,
      ...sessionOf(audit, { who: identity.externalId, network, agent, passed, workload }),
      credential: null,
      action: `${workload}:${operation}`.slice(0, 200),
      class: classOf(operation),
      outcome: passed ? 'success' : 'failure',
      network,
      region: null,
      agent,
      resource: said(audit.ObjectId, 1024) ?? said(audit.MailboxOwnerUPN, 400) ?? said(audit.SiteUrl, 1024),
      attributes: attributesOf(audit, address.written),
      ...(passed ? toldOf(audit, operation, identity.name, at) : {}),
    },
  };
}

function failed(audit: Loose, operation: string): boolean {
  const status = wordOf(audit.ResultStatus, 40) ?? '';
  return (
    /^(?:fail|false|error|timedout|denied)/i.test(status) ||
    /^UserLoginFailed|LoginFailed$/i.test(operation) ||
    said(audit.LogonError, 200) !== null
  );
}

interface Seen {
  who: string;
  network: string | null;
  agent: string | null;
  passed: boolean;
  workload: string;
}

/** Entra's session id, wherever a workload writes it. */
const sessionIdOf = (audit: Loose): string | null =>
  (
    said(objectOf(audit.AppAccessContext).AADSessionId, 200) ??
    said(audit.SessionId, 200) ??
    named(audit.DeviceProperties, 'SessionId')?.slice(0, 200)
  )?.toLowerCase() ?? null;

/**
 * Native: Entra's session id, which sign-in and every workload write; it continues Entra's session of that id. Derived: what
 * one application token does. Inferred: who, application, address and agent. The service itself, and failed sign-ins: none.
 */
function sessionOf(
  audit: Loose,
  { who, network, agent, passed, workload }: Seen,
): Pick<SessionEventInput, 'session' | 'parent'> {
  const login = /^UserLogg|Login/i.test(textOf(audit.Operation, 60) ?? '');
  if (isSystem(audit) || (login && !passed)) return { session: null };
  const context = objectOf(audit.AppAccessContext);
  const app = said(context.ClientAppName, 60) ?? said(audit.ApplicationDisplayName, 60) ?? workload;
  const base = {
    kind: isBrowser(agent) ? 'browser' : 'api',
    label: `${app} · ${network ?? 'no address'}`.slice(0, 200),
    phase: 'seen',
    gapSecs: GAP_SECS,
  } as const;
  const native = sessionIdOf(audit);
  if (native) {
    return {
      session: { ...base, key: native, gapSecs: NATIVE_GAP_SECS, observedBy: 'native' },
      parent: { how: 'delegation', key: native, source: 'entra' },
    };
  }
  const token = said(context.UniqueTokenId, 200);
  if (token)
    return { session: { ...base, key: `${who} token ${token}`, gapSecs: NATIVE_GAP_SECS, observedBy: 'derived' } };
  if (!network && !agent) return { session: null };
  const appId = said(audit.AppId, 100) ?? said(audit.ApplicationId, 100) ?? said(context.ClientAppId, 100);
  return { session: { ...base, key: [who, appId, network, agent].filter(Boolean).join(' '), observedBy: 'inferred' } };
}

function toldOf(audit: Loose, operation: string, by: string, at: string): Partial<SessionEventInput> {
  const context = objectOf(audit.AppAccessContext);
  const device = said(context.DeviceId, 200) ?? named(audit.DeviceProperties, 'Id')?.slice(0, 200);
  const issued = readInstant(context.IssuedAtTime);
  const signedIn = /^UserLoggedIn$/.test(operation) ? at : null;
  const trustedAt = signedIn ?? (issued && issued >= '2000' ? issued : null);
  const change = changeOf(audit, operation);
  const life = change && directoryLife(change);
  const consent = change && directoryConsent(change, by, at);
  return {
    ...(device ? { binding: { device } } : {}),
    ...(trustedAt ? { trustedAt } : {}),
    ...(life ? { life } : {}),
    ...(consent ? { consent } : {}),
  };
}

/** What Entra's directory changed, where the record is one of its. */
function changeOf(audit: Loose, operation: string): DirectoryChange | null {
  if (said(audit.Workload, 40) !== 'AzureActiveDirectory') return null;
  const target = partiesOf(audit.Target);
  const modified: DirectoryChange['modified'] = [];
  for (const one of listOf(audit.ModifiedProperties, 64)) {
    const property = objectOf(one);
    const name = textOf(property.Name, 100);
    if (name)
      modified.push({
        name,
        before: textOf(property.OldValue, 20_000) ?? '',
        after: textOf(property.NewValue, 20_000) ?? '',
      });
  }
  return { activity: operation, targets: target ? [target] : [], modified };
}

function classOf(operation: string): SessionEventInput['class'] {
  if (/^(?:UserLog|TeamsSessionStarted|SignInEvent|MailboxLogin|UserLoginFailed)/i.test(operation)) return 'session';
  if (/approv/i.test(operation)) return 'approval';
  if (/download|export/i.test(operation)) return 'export';
  if (
    /^(?:Get|Search|Test|View|List|Preview)[-A-Z]|Accessed|Viewed|Previewed|Queried|SearchQuery|AttachmentAccess/.test(
      operation,
    )
  )
    return 'read';
  return /^(?:CopilotInteraction|AlertTriggered|AlertEntityGenerated|DlpRuleMatch)/.test(operation)
    ? 'other'
    : 'change';
}

function attributesOf(audit: Loose, written: string | null): SessionEventInput['attributes'] {
  const context = objectOf(audit.AppAccessContext);
  const target = partiesOf(audit.Target);
  const change = changeOf(audit, '') ?? { activity: '', targets: [], modified: [] };
  const keys = keyChange(change);
  return saying({
    app: said(context.ClientAppName, 200) ?? said(audit.ApplicationDisplayName, 200),
    appId: said(audit.AppId, 100) ?? said(audit.ApplicationId, 100) ?? said(context.ClientAppId, 100),
    recordType: wordOf(audit.RecordType, 60),
    status: wordOf(audit.ResultStatus, 60),
    error: said(audit.LogonError, 200),
    tokenId: said(context.UniqueTokenId, 200),
    // `Client=OWA`, `Client=REST`: the protocol of a mailbox, no user agent.
    client: /Client=([^;\s]{1,60})/.exec(said(audit.ClientInfoString, 400) ?? '')?.[1],
    target: target?.name ?? target?.id,
    items: typeof audit.OperationCount === 'number' ? audit.OperationCount : null,
    // Of a file that was downloaded, not of one that was only opened.
    bytes: classOf(textOf(audit.Operation, 150) ?? '') === 'export' ? numberOf(audit.FileSizeBytes) : null,
    external: audit.ExternalAccess === true ? true : null,
    keysAdded: keys.added.join(' '),
    keysRemoved: keys.removed.join(' '),
    sourceAddress: written,
  });
}

/** A file whose beginning holds the unified audit log's own field names; in `AuditData` they are escaped or doubled. */
export const sniff = (sample: string): boolean =>
  /[\\"]"?CreationTime\\?"{1,2}\s*:/.test(sample) &&
  /[\\"]"?(?:RecordType|Workload)\\?"{1,2}\s*:/.test(sample) &&
  /[\\"]"?(?:OrganizationId|UserKey|UserType|UserId)\\?"{1,2}\s*:/.test(sample);
