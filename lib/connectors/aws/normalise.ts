import { agentOf } from '@/lib/connectors/aws/agent-normalise';
import { expiryOf, lifeOf, mintedOf } from '@/lib/connectors/aws/credential-normalise';
import { identityOf } from '@/lib/connectors/aws/identity-normalise';
import { madeId } from '@/lib/connectors/record-id-model';
import type { Normalised } from '@/lib/sessions/import-model';
import { type Loose, numberOf, objectOf, parsedOf, saying, textOf } from '@/lib/sessions/loose-model';
import type { SessionEventInput } from '@/lib/sessions/model';
import { isPrivate, readNetwork } from '@/lib/sessions/network-model';
import { readTime } from '@/lib/sessions/time-model';

/** A pause longer than this splits a session, seconds; exactly this long does not. */
const GAP_SECS = 1800;

const rejected = (reason: string): Normalised => ({ kind: 'rejected', reason });

/**
 * One CloudTrail event, as delivered to S3 or EventBridge, or wrapped by LookupEvents (the event is then a text in
 * `CloudTrailEvent`) or CloudWatch Logs (`message`). Calls a vendor's back end forwards (`AWS Internal`,
 * `*.amazonaws.com`) stay events and make no session: each brings an access key of its own, and counting those
 * over-reports sessions many times.
 */
export function normalise(record: unknown): Normalised {
  const event = unwrap(record);
  const action = textOf(event.eventName, 120);
  const service = textOf(event.eventSource, 70)?.replace(/\.amazonaws\.com$/, '');
  // Insights count calls, and digests prove that files are whole: both lie beside the events.
  if (!action && (event.insightDetails ?? event.digestStartTime) !== undefined) return { kind: 'skipped' };
  if (!action || !service) return rejected('is not a CloudTrail event: eventName and eventSource are missing');
  const ms = readTime(event.eventTime) ?? readTime(event['@timestamp']);
  if (ms === null) return rejected('has no eventTime that can be read');
  const eventId = textOf(event.eventID, 512) ?? madeId(event);
  if (!eventId) return rejected('has no eventID');
  const user = objectOf(event.userIdentity);
  const identity = identityOf(user);
  if (!identity) return { kind: 'skipped' };
  const at = new Date(ms).toISOString();
  const where = whereOf(event, service);
  const region = textOf(event.awsRegion, 64);
  return {
    kind: 'event',
    event: {
      source: 'aws',
      eventId,
      at,
      identity,
      session: sessionOf(event, user, where),
      credential: credentialOf(user),
      action: `${service}:${action}`,
      class: classOf(action, event.readOnly),
      outcome: failed(event) ? 'failure' : 'success',
      network: where.network,
      region: region && REGION.test(region) ? region : null,
      agent: where.agent,
      resource: resourceOf(event),
      attributes: attributesOf(event, user, where),
      ...toldOf(event, user, action),
    },
  };
}

/** `us-gov-east-1`, `cn-north-1`, `eu-isoe-west-1`; what is none of these is kept in the attributes alone. */
const REGION =
  /^[a-z]{2,4}(?:-(?:gov|de|iso[a-z]?))?-(?:north|south|east|west|central|(?:north|south)(?:east|west))-\d$/;

function unwrap(record: unknown): Loose {
  const outer = parsedOf(record);
  if (outer.eventName !== undefined || outer.eventSource !== undefined) return outer;
  for (const inner of [outer.CloudTrailEvent, outer.detail, outer.message, outer.event]) {
    const event = parsedOf(inner);
    if (event.eventName !== undefined) return event;
  }
  return outer;
}

const failed = (event: Loose): boolean =>
  Boolean(event.errorCode) || objectOf(event.responseElements).ConsoleLogin === 'Failure';

interface Where {
  /** As it is written: an address, or a service's name. */
  address: string | null;
  network: string | null;
  agent: string | null;
  service: string;
  /** The call came from AWS's own back end, on a session's behalf. */
  backEnd: boolean;
}

/**
 * Where a call came from. A console's back end (`aws-internal/3`) calls inside a person's session from a private or
 * VPC-endpoint address: that is not where the person is, so it is no network and no agent of the session.
 */
function whereOf(event: Loose, service: string): Where {
  const address = textOf(event.sourceIPAddress, 256);
  const { address: network } = readNetwork(address);
  const backEnd =
    /\baws-internal\/\d/.test(textOf(event.userAgent, 4096) ?? '') &&
    ((network !== null && isPrivate(network)) || textOf(event.vpcEndpointId, 100) !== null);
  return {
    address,
    network: backEnd ? null : network,
    agent: backEnd ? null : agentOf(event.userAgent),
    service,
    backEnd,
  };
}

const isVendorBackEnd = (address: string | null): boolean =>
  address === null || address === 'AWS Internal' || /\.amazonaws\.com(?:\.cn)?$/.test(address);

/** Key: ARN with role session name and creation date, where there is one; else the access key. Neither: no session. */
function sessionOf(
  event: Loose,
  user: Loose,
  { address, agent, network, service }: Where,
): SessionEventInput['session'] {
  if (isVendorBackEnd(address)) return null;
  const context = objectOf(objectOf(user.sessionContext).attributes);
  const created = textOf(context.creationDate, 64);
  const accessKey = textOf(user.accessKeyId, 128);
  const arn = textOf(user.arn, 1200) ?? '';
  if (!created && !accessKey) return null;
  const console = event.sessionCredentialFromConsole === 'true' || event.sessionCredentialFromConsole === true;
  const browser = agent !== null && /^(?:Firefox|Chrome|Safari|Edge|Opera|S3Console|console)/i.test(agent);
  return {
    key: created ? `${arn} ${created}` : `key ${accessKey}`,
    kind: browser || console ? 'browser' : 'api',
    label: `${agent?.split(' ')[0] ?? service} · ${network ?? address}`.slice(0, 200),
    phase: 'seen',
    gapSecs: GAP_SECS,
    observedBy: 'derived',
  };
}

function credentialOf(user: Loose): SessionEventInput['credential'] {
  const externalId = textOf(user.accessKeyId, 128);
  if (!externalId) return null;
  return { externalId, kind: externalId.startsWith('ASIA') ? 'token' : 'access_key' };
}

/** The members an event has only when CloudTrail tells. */
function toldOf(event: Loose, user: Loose, action: string): Partial<SessionEventInput> {
  const context = objectOf(user.sessionContext);
  const { creationDate, mfaAuthenticated } = objectOf(context.attributes);
  const minted = failed(event) ? undefined : mintedOf(event, action);
  const life = failed(event) ? undefined : lifeOf(event, user, action);
  const runtime = runtimeOf(user);
  const trusted = readTime(creationDate);
  const mfa = mfaAuthenticated === 'true' || objectOf(event.additionalEventData).MFAUsed === 'Yes';
  const expiresAt = expiryOf(context.sessionExpiration);
  return {
    ...(minted ? { minted } : {}),
    ...(life ? { life } : {}),
    ...(runtime ? { binding: { runtime } } : {}),
    ...(trusted === null ? {} : { trustedAt: new Date(trusted).toISOString() }),
    ...(mfa ? { acr: 'mfa' } : {}),
    ...(expiresAt ? { expiresAt } : {}),
  };
}

/**
 * The machine or function the credentials were made for. An instance role's session is named after its instance, and its
 * credentials come from that instance's metadata service: used anywhere else they were taken from it.
 */
function runtimeOf(user: Loose): string | null {
  const issued = textOf(objectOf(user.inScopeOf).credentialsIssuedTo, 200);
  if (issued) return issued;
  const instance = /\/(i-[0-9a-f]{8,17})$/.exec(textOf(user.arn, 1200) ?? '')?.[1];
  return instance && user.type === 'AssumedRole' ? `ec2:${instance}` : null;
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

function attributesOf(
  event: Loose,
  user: Loose,
  { address, network, backEnd }: Where,
): SessionEventInput['attributes'] {
  const context = objectOf(user.sessionContext);
  const mfa = textOf(objectOf(context.attributes).mfaAuthenticated, 8);
  const region = textOf(event.awsRegion, 64);
  return saying({
    account: textOf(user.accountId, 64) ?? textOf(event.recipientAccountId, 64),
    error: textOf(event.errorCode, 200),
    invokedBy: textOf(user.invokedBy, 200),
    roleSession: user.type === 'AssumedRole' ? textOf(user.arn, 600) : null,
    sourceIdentity: textOf(context.sourceIdentity, 200),
    federation: textOf(objectOf(context.webIdFederationData).federatedProvider, 300),
    // How the instance got them: version of the metadata service that handed the credentials out.
    imds: textOf(context.ec2RoleDelivery, 10),
    console: event.sessionCredentialFromConsole === 'true' ? true : null,
    vpcEndpoint: textOf(event.vpcEndpointId, 100),
    // The credential this call minted: whoever holds it acts on this session's authority.
    issuedKey: textOf(objectOf(objectOf(event.responseElements).credentials).accessKeyId, 128),
    // Of S3's data events: what the caller was given.
    bytes: numberOf(objectOf(event.additionalEventData).bytesTransferredOut),
    sourceAddress: network === null ? address : null,
    backEnd: backEnd ? true : null,
    impossibleRegion: region && !REGION.test(region) ? region : null,
    mfa: mfa ? mfa === 'true' : null,
  });
}

/** A file whose beginning holds CloudTrail's own field names. */
export const sniff = (sample: string): boolean =>
  /\\?"eventSource\\?"\s*:\s*\\?"/.test(sample) && /\\?"(?:eventName|userIdentity)\\?"\s*:/.test(sample);
