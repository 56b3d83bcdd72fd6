import { agentOf } from '@/lib/connectors/aws/agent-normalise';
import { identityOf } from '@/lib/connectors/aws/identity-normalise';
import type { Normalised } from '@/lib/sessions/import-model';
import { type Loose, objectOf, textOf } from '@/lib/sessions/loose-model';
import type { SessionEventInput } from '@/lib/sessions/model';

/** A pause longer than this splits a session, seconds; exactly this long does not. */
const GAP_SECS = 1800;

const rejected = (reason: string): Normalised => ({ kind: 'rejected', reason });

/**
 * One CloudTrail event, as delivered to S3, or wrapped by LookupEvents (the event is then a text in `CloudTrailEvent`).
 * Calls a vendor's back end forwards (`AWS Internal`, `*.amazonaws.com`) stay events and make no session: each brings an
 * access key of its own, and counting those over-reports sessions many times.
 */
export function normalise(record: unknown): Normalised {
  const event = unwrap(record);
  if (!event) return rejected('is not a CloudTrail event');
  const action = textOf(event.eventName, 120);
  const service = textOf(event.eventSource, 70)?.replace(/\.amazonaws\.com$/, '');
  const time = textOf(event.eventTime, 40) ?? textOf(event['@timestamp'], 40);
  if (!action || !service) return rejected('is not a CloudTrail event: eventName and eventSource are missing');
  const ms = time && /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/.test(time) ? Date.parse(time) : Number.NaN;
  if (Number.isNaN(ms)) return rejected('has no eventTime that can be read');
  const eventId = textOf(event.eventID, 512);
  if (!eventId) return rejected('has no eventID');
  const user = objectOf(event.userIdentity);
  const identity = identityOf(user);
  if (!identity) return { kind: 'skipped' };
  const address = textOf(event.sourceIPAddress, 256);
  const agent = agentOf(event.userAgent);
  const network = isAddress(address) ? address!.slice(0, 64) : null;
  return {
    kind: 'event',
    event: {
      source: 'aws',
      eventId,
      at: new Date(ms).toISOString(),
      identity,
      session: sessionOf(user, { address, agent, network, service }),
      credential: credentialOf(user),
      action: `${service}:${action}`,
      class: classOf(action, event.readOnly),
      outcome: event.errorCode ? 'failure' : 'success',
      network,
      region: textOf(event.awsRegion, 64),
      agent,
      resource: resourceOf(event),
      attributes: attributesOf(event, user, address),
    },
  };
}

function unwrap(record: unknown): Loose | null {
  const outer = objectOf(record);
  if (typeof outer.CloudTrailEvent !== 'string') return Object.keys(outer).length > 0 ? outer : null;
  try {
    return objectOf(JSON.parse(outer.CloudTrailEvent));
  } catch {
    return null;
  }
}

/** Addresses are kept as written, malformed ones too (035.249.253.232 occurs); names of services are none. */
const isAddress = (address: string | null): boolean =>
  address !== null && (/^[0-9]{1,3}(?:\.[0-9]{1,3}){3}$/.test(address) || /^[0-9a-f:.]*:[0-9a-f:.]*$/i.test(address));

const isVendorBackEnd = (address: string | null): boolean =>
  address === null || address === 'AWS Internal' || /\.amazonaws\.com(?:\.cn)?$/.test(address);

interface Where {
  address: string | null;
  agent: string | null;
  network: string | null;
  service: string;
}

/** Key: ARN with role session name and creation date, where there is one; else the access key. Neither: no session. */
function sessionOf(user: Loose, { address, agent, network, service }: Where): SessionEventInput['session'] {
  if (isVendorBackEnd(address)) return null;
  const context = objectOf(objectOf(user.sessionContext).attributes);
  const created = textOf(context.creationDate, 64);
  const accessKey = textOf(user.accessKeyId, 128);
  const arn = textOf(user.arn, 1200) ?? '';
  if (!created && !accessKey) return null;
  const browser = agent !== null && /^(?:Firefox|Chrome|Safari|Edge|Opera|S3Console|console)/i.test(agent);
  return {
    key: created ? `${arn} ${created}` : `key ${accessKey}`,
    kind: browser ? 'browser' : 'api',
    label: `${agent?.split(' ')[0] ?? service} · ${network ?? address}`.slice(0, 200),
    phase: 'seen',
    gapSecs: GAP_SECS,
  };
}

function credentialOf(user: Loose): SessionEventInput['credential'] {
  const externalId = textOf(user.accessKeyId, 128);
  if (!externalId) return null;
  return { externalId, kind: externalId.startsWith('ASIA') ? 'token' : 'access_key' };
}

const SESSION = /^(?:AssumeRole|GetSessionToken|GetFederationToken|ConsoleLogin|SwitchRole|ExitRole|AssumeRoot)/;
const APPROVAL = /^(?:Approve|PutApproval|AcceptApproval)/;
const EXPORT = /^(?:Export|StartExport|Download|BatchExport)/;
const READ =
  /^(?:Get|List|Describe|Head|Lookup|Search|Query|Scan|Select|BatchGet|BatchDescribe|View|Check|Test|Validate|Simulate|Estimate|Preview|Filter|Discover)/;

function classOf(action: string, readOnly: unknown): SessionEventInput['class'] {
  if (SESSION.test(action)) return 'session';
  if (APPROVAL.test(action)) return 'approval';
  if (EXPORT.test(action)) return 'export';
  if (typeof readOnly === 'boolean') return readOnly ? 'read' : 'change';
  if (readOnly === 'true' || readOnly === 'false') return readOnly === 'true' ? 'read' : 'change';
  return READ.test(action) ? 'read' : 'change';
}

function resourceOf(event: Loose): string | null {
  const first = Array.isArray(event.resources) ? objectOf(event.resources[0]) : {};
  const arn = textOf(first.ARN, 1024) ?? textOf(first.ResourceName, 1024);
  if (arn) return arn;
  const asked = objectOf(event.requestParameters);
  for (const name of [
    'bucketName',
    'roleArn',
    'roleName',
    'userName',
    'secretId',
    'instanceId',
    'functionName',
    'keyId',
    'name',
  ]) {
    const value = textOf(asked[name], 1024);
    if (value) return value;
  }
  return null;
}

function attributesOf(event: Loose, user: Loose, address: string | null): SessionEventInput['attributes'] {
  const attributes: SessionEventInput['attributes'] = {};
  const put = (name: string, value: string | null) => {
    if (value) attributes[name] = value;
  };
  put('account', textOf(user.accountId, 64) ?? textOf(event.recipientAccountId, 64));
  put('error', textOf(event.errorCode, 200));
  put('invokedBy', textOf(user.invokedBy, 200));
  put('roleSession', user.type === 'AssumedRole' ? textOf(user.arn, 600) : null);
  // The credential this call minted: whoever holds it acts on this session's authority.
  put('issuedKey', textOf(objectOf(objectOf(event.responseElements).credentials).accessKeyId, 128));
  if (!isAddress(address)) put('sourceAddress', address);
  const mfa = textOf(objectOf(objectOf(user.sessionContext).attributes).mfaAuthenticated, 8);
  if (mfa) attributes.mfa = mfa === 'true';
  return attributes;
}

/** A file whose beginning holds CloudTrail's own field names. */
export const sniff = (sample: string): boolean =>
  /\\?"eventSource\\?"\s*:\s*\\?"/.test(sample) && /\\?"(?:eventName|userIdentity)\\?"\s*:/.test(sample);
