import { NAMES } from '@/lib/connectors/ocsf/class-model';
import type { SessionEventInput } from '@/lib/sessions/model';

/** The schema version of what Braid writes. */
const VERSION = '1.5.0';

export type OcsfRecord = Record<string, unknown>;

interface Base {
  classUid: number;
  activityId: number;
  activityName: string;
  /** ISO 8601. */
  at: string;
  uid: string;
  severityId?: number;
}

/** Members every OCSF event has. `time` is milliseconds since the epoch. */
export function baseOf({ classUid, activityId, activityName, at, uid, severityId = 1 }: Base): OcsfRecord {
  const { name, category } = NAMES[classUid]!;
  return {
    class_uid: classUid,
    class_name: name,
    category_uid: Math.trunc(classUid / 1000),
    category_name: category,
    activity_id: activityId,
    activity_name: activityName,
    type_uid: classUid * 100 + activityId,
    type_name: `${name}: ${activityName}`,
    severity_id: severityId,
    time: Date.parse(at),
    metadata: { version: VERSION, uid, product: { name: 'Braid', vendor_name: 'Braid' } },
  };
}

export interface Who {
  externalId: string;
  name: string;
  kind: string;
}

/** An identity as OCSF's user: `type_id` 4 is a service, 1 a person. */
export const userOf = ({ externalId, name, kind }: Who): OcsfRecord => ({
  uid: externalId,
  name,
  type_id: kind === 'human' ? 1 : 4,
  type: kind === 'human' ? 'User' : 'Service',
});

const LIFE: Record<string, [number, string]> = {
  created: [1, 'Create'],
  enabled: [2, 'Enable'],
  rotated: [3, 'Password Change'],
  disabled: [5, 'Disable'],
  revoked: [5, 'Disable'],
  deleted: [6, 'Delete'],
  privileged: [7, 'Attach Policy'],
};
const ACTIVITY: Partial<Record<SessionEventInput['class'], [number, string]>> = {
  read: [2, 'Read'],
  change: [3, 'Update'],
};

function classify(event: SessionEventInput): [number, number, string] {
  if (event.session?.phase === 'open') return [3002, 1, 'Logon'];
  if (event.session?.phase === 'close') return [3002, 2, 'Logoff'];
  const life = event.life && event.life.of !== 'session' ? LIFE[event.life.what] : undefined;
  return life ? [3001, ...life] : [6003, ...(ACTIVITY[event.class] ?? ([99, 'Other'] as [number, string]))];
}

const known = (value: OcsfRecord): OcsfRecord =>
  Object.fromEntries(Object.entries(value).filter(([, each]) => each !== null && each !== undefined));

/**
 * A session event as OCSF 1.x: Authentication where it opens or closes a session, Account Change where it tells the life
 * of an account, else API Activity. What OCSF has no word for stands in `unmapped.braid`, so that it comes back unchanged.
 */
export function ocsfEvent(event: SessionEventInput): OcsfRecord {
  const [classUid, activityId, activityName] = classify(event);
  const { identity, session, credential } = event;
  const user = userOf(identity);
  const told = session
    ? known({
        uid: session.key,
        issuer: identity.issuer,
        credential_uid: credential?.externalId,
        created_time: event.trustedAt && Date.parse(event.trustedAt),
        expiration_time: event.expiresAt && Date.parse(event.expiresAt),
        is_mfa: event.acr?.includes('mfa') || undefined,
        is_remote: true,
      })
    : undefined;
  const about = event.life?.of === 'identity' ? { uid: event.life.externalId, name: event.life.externalId } : user;
  const actor = {
    user: known({ ...user, credential_uid: credential?.externalId }),
    ...(told ? { session: told } : {}),
  };
  return {
    ...baseOf({ classUid, activityId, activityName, at: event.at, uid: event.eventId }),
    actor,
    ...(classUid === 3002 ? { user, ...(told ? { session: told } : {}) } : {}),
    ...(classUid === 3001 ? { user: about } : {}),
    api: { operation: event.action, service: { name: event.source } },
    src_endpoint: event.network ? { ip: event.network } : { svc_name: event.agent ?? event.source },
    cloud: known({ provider: event.source, region: event.region }),
    status_id: event.outcome === 'failure' ? 2 : 1,
    status: event.outcome === 'failure' ? 'Failure' : 'Success',
    ...(event.agent ? { http_request: { user_agent: event.agent } } : {}),
    ...(typeof event.attributes.bytes === 'number' ? { http_response: { length: event.attributes.bytes } } : {}),
    ...(event.resource ? { resources: [{ uid: event.resource, name: event.resource }] } : {}),
    ...(event.binding?.device ? { device: { uid: event.binding.device, type_id: 0 } } : {}),
    ...(event.run ? { message_context: { uid: event.run } } : {}),
    unmapped: { braid: ownOf(event) },
  };
}

const ownOf = (event: SessionEventInput): OcsfRecord =>
  known({
    identity: event.identity,
    class: event.class,
    action: event.action,
    agent: event.agent,
    session: event.session
      ? known({
          kind: event.session.kind,
          gapSecs: event.session.gapSecs,
          observedBy: event.session.observedBy ?? 'derived',
          credentialKind: event.credential?.kind,
        })
      : { none: true },
    life: event.life,
  });
