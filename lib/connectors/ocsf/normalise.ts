import { activityOf } from '@/lib/connectors/ocsf/class-model';
import { identityOf, idOf as userIdOf, userOf } from '@/lib/connectors/ocsf/identity-normalise';
import { sessionOf, toldOf } from '@/lib/connectors/ocsf/session-normalise';
import { agentFamily } from '@/lib/sessions/agent-model';
import type { Normalised } from '@/lib/sessions/import-model';
import { type Loose, listOf, numberOf, objectOf, saying, textOf } from '@/lib/sessions/loose-model';
import type { SessionEventInput } from '@/lib/sessions/model';
import { readNetwork } from '@/lib/sessions/network-model';
import { readInstant } from '@/lib/sessions/time-model';

const rejected = (reason: string): Normalised => ({ kind: 'rejected', reason });

/**
 * One OCSF 1.x event: sign-ins and sign-outs, changes of accounts and entities, API and data activity. Other classes are
 * understood and make no session. What Braid itself wrote comes back as it was.
 */
export function normalise(record: unknown): Normalised {
  const event = objectOf(record);
  const classUid = numberOf(event.class_uid);
  const activityId = numberOf(event.activity_id) ?? 0;
  if (!classUid || Object.keys(objectOf(event.metadata)).length === 0)
    return rejected('is no OCSF event: class_uid or metadata is missing');
  const activity = activityOf(classUid, activityId);
  if (!activity) return { kind: 'skipped' };
  const at = readInstant(event.time ?? event.time_dt);
  if (!at) return rejected('has no time that can be read');
  const identity = identityOf(event, classUid);
  if (!identity) return { kind: 'skipped' };
  const own = objectOf(objectOf(event.unmapped).braid);
  const api = objectOf(event.api);
  const endpoint = objectOf(event.src_endpoint);
  const network = readNetwork(endpoint.ip);
  const agent = textOf(own.agent, 200) ?? agentFamily(objectOf(event.http_request).user_agent);
  const failed = event.status_id === 2 || event.action_id === 2 || event.disposition_id === 2;
  const { session, credential } = sessionOf(event, { activity, failed, network: network.address, identity, agent });
  const life = failed ? undefined : lifeOf(event, classUid, activity, identity);
  const operation = textOf(api.operation, 120) ?? textOf(event.activity_name, 100);
  const service = textOf(objectOf(api.service).name, 70);
  return {
    kind: 'event',
    event: {
      source: 'ocsf',
      eventId: idOf(event),
      at,
      identity,
      session,
      credential,
      action: (
        textOf(own.action, 200) ??
        (operation ? `${service ? `${service}:` : ''}${operation}` : `${classUid}:${activityId}`)
      ).slice(0, 200),
      class: classOf(own.class, activity.class),
      outcome: failed ? 'failure' : 'success',
      network: network.address,
      region: textOf(objectOf(event.cloud).region, 64),
      agent,
      resource: resourceOf(event),
      attributes: saying({
        class: classUid,
        activity: textOf(event.activity_name, 100) ?? activityId,
        product: textOf(objectOf(objectOf(event.metadata).product).name, 100),
        account: textOf(objectOf(objectOf(event.cloud).account).uid, 100),
        status: textOf(event.status_detail, 300) ?? textOf(event.status_code, 100),
        correlation: textOf(objectOf(event.metadata).correlation_uid, 200),
        country: textOf(objectOf(endpoint.location).country, 8),
        asn: numberOf(objectOf(endpoint.autonomous_system).number),
        bytes: numberOf(objectOf(event.http_response).length),
        sourceAddress: network.refused,
      }),
      ...toldOf(event, activity),
      ...(life ? { life } : {}),
    },
  };
}

const KNOWN = ['read', 'change', 'approval', 'export', 'session', 'other'] as const;
const classOf = (own: unknown, from: SessionEventInput['class']): SessionEventInput['class'] =>
  KNOWN.find((each) => each === own) ?? from;

/** `metadata.uid`; where there is none, what tells two events of one instant apart. */
function idOf(event: Loose): string {
  const uid = textOf(objectOf(event.metadata).uid, 500);
  if (uid) return uid;
  const parts = [
    numberOf(event.type_uid),
    textOf(objectOf(event.api).operation, 100),
    textOf(objectOf(objectOf(event.actor).session).uid, 100) ?? textOf(objectOf(event.session).uid, 100),
    textOf(userOf(event, numberOf(event.class_uid) ?? 0).uid, 100),
    textOf(objectOf(event.src_endpoint).ip, 60),
    textOf(objectOf(listOf(event.resources)[0]).uid, 100),
    textOf(objectOf(event.user).uid, 100),
    textOf(event.message, 60),
  ];
  return parts.map((part) => part ?? '').join(' ');
}

function resourceOf(event: Loose): string | null {
  const first = objectOf(listOf(event.resources)[0] ?? event.resource ?? event.entity ?? event.database ?? event.file);
  return textOf(first.uid, 1024) ?? textOf(first.name, 1024) ?? textOf(objectOf(event.user).uid, 1024);
}

/** Whom an account change is about: `user`; an entity: `entity`. */
function lifeOf(
  event: Loose,
  classUid: number,
  { life }: ReturnType<typeof activityOf> & object,
  actor: SessionEventInput['identity'],
): SessionEventInput['life'] {
  const own = objectOf(objectOf(event.unmapped).braid);
  const given = objectOf(own.life);
  if (typeof given.of === 'string' && typeof given.what === 'string' && typeof given.externalId === 'string')
    return given as SessionEventInput['life'];
  if (!life) return undefined;
  const about = objectOf(classUid === 3004 ? event.entity : event.user);
  const uid = userIdOf(about) ?? textOf(about.name, 300);
  if (!uid) return undefined;
  if (life.of === 'credential') {
    const credential = textOf(about.credential_uid, 500) ?? `user:${uid}`.slice(0, 500);
    return { of: 'credential', what: life.what, externalId: credential };
  }
  const identity = { issuer: actor.issuer, type: textOf(about.type, 60) ?? 'user', externalId: uid };
  return { of: 'identity', what: life.what, externalId: uid, identity };
}

/** Every OCSF event has these numbers; nothing else has all of them. */
export const sniff = (sample: string): boolean =>
  /"class_uid"\s*:\s*\d{4,6}/.test(sample) &&
  /"metadata"\s*:\s*\{/.test(sample) &&
  /"(?:type_uid|category_uid|activity_id)"\s*:/.test(sample);
