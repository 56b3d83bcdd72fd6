import { callerOf } from '@/lib/connectors/caller-model';
import { apiTokenOf, identityOf } from '@/lib/connectors/okta/identity-normalise';
import { consentOf, lifeOf, mintedOf, scopeOf } from '@/lib/connectors/okta/life-normalise';
import { debugOf, failed, member, said, targetsOf, unwrap } from '@/lib/connectors/okta/read-normalise';
import { sessionOf } from '@/lib/connectors/okta/session-normalise';
import { madeId } from '@/lib/connectors/record-id-model';
import { agentFamily, isBrowser, systemFamily } from '@/lib/sessions/agent-model';
import type { Normalised } from '@/lib/sessions/import-model';
import { type Loose, numberOf, objectOf, saying, textOf, wordOf } from '@/lib/sessions/loose-model';
import type { SessionEventInput } from '@/lib/sessions/model';
import { readInstant } from '@/lib/sessions/time-model';

const rejected = (reason: string): Normalised => ({ kind: 'rejected', reason });

/** One event of the Okta System Log, from its API, EventBridge or Splunk stream. */
export function normalise(record: unknown): Normalised {
  const event = unwrap(record);
  if (!event) return rejected('is not an Okta System Log event: eventType, published and actor are missing');
  const type = textOf(member(event, 'eventType'), 200)!.toLowerCase();
  const at = readInstant(event.published);
  if (!at) return rejected('has no published time that can be read');
  const eventId = textOf(event.uuid, 512) ?? madeId(event);
  if (!eventId) return rejected('has no uuid');
  const identity = identityOf(event);
  if (!identity) return { kind: 'skipped' };
  const client = objectOf(event.client);
  // Okta's own consoles call with their addresses and agents inside a person's session: those say nothing of the person.
  const own = /^okta\./.test(textOf(client.id, 200) ?? '');
  const address = callerOf(member(client, 'ipAddress'));
  const network = own ? null : address.network;
  const agent = own ? null : agentFamily(member(objectOf(member(client, 'userAgent')), 'rawUserAgent'));
  const told = sessionOf(event, { type, network, agent });
  const place = objectOf(member(client, 'geographicalContext'));
  return {
    kind: 'event',
    event: {
      source: 'okta',
      eventId,
      at,
      identity,
      ...told,
      action: type,
      class: classOf(type),
      outcome: failed(event) ? 'failure' : 'success',
      network,
      region: own ? null : said(place.country, 64),
      agent,
      resource: resourceOf(event),
      attributes: attributesOf(event, client, address.written),
      ...toldOf(event, type, identity.name, at),
    },
  };
}

/** The members an event has only when Okta tells. */
function toldOf(event: Loose, type: string, by: string, at: string): Partial<SessionEventInput> {
  const minted = mintedOf(event, type);
  const life = lifeOf(event, type);
  const consent = consentOf(event, type, by, at);
  const scope = scopeOf(event);
  const own = /^okta\./.test(textOf(objectOf(event.client).id, 200) ?? '');
  // The hash of the device cookie. A device id comes with some events of a session only, and would read as a change.
  const device = own ? null : said(member(debugOf(event), 'dtHash'), 200);
  const passed = !failed(event);
  const mfa = type === 'user.authentication.auth_via_mfa' && passed;
  return {
    ...(minted ? { minted } : {}),
    ...(life ? { life } : {}),
    ...(consent ? { consent } : {}),
    ...(scope ? { scope } : {}),
    ...(device ? { binding: { device } } : {}),
    ...(mfa ? { acr: 'mfa' } : {}),
    ...((mfa || type === 'user.session.start') && passed ? { trustedAt: at } : {}),
    ...(/detect_reuse/.test(type) ? { tags: ['refresh_token_reuse'] } : {}),
  };
}

function classOf(type: string): SessionEventInput['class'] {
  if (/^(?:user\.session\.|user\.authentication\.|policy\.evaluate_sign_on|app\.oauth2\.)/.test(type)) {
    return /lifecycle|privilege|consent|key\.rollover|credentials/.test(type) ? 'change' : 'session';
  }
  if (/access_request\.(?:approve|grant)|approval|\.approve$/.test(type)) return 'approval';
  if (/\.(?:export|download)(?:\.|$)/.test(type)) return 'export';
  if (/\.(?:view|read|list|get|search|introspect|access)(?:\.|$)/.test(type)) return 'read';
  if (/^(?:policy\.evaluate|system\.org\.rate_limit|security\.)|\.warning$|\.violation$/.test(type)) return 'other';
  return 'change';
}

function resourceOf(event: Loose): string | null {
  const target = targetsOf(event).find((each) => !/token/i.test(each.type));
  if (target) return `${target.type} ${target.name ?? target.id}`.trim().slice(0, 1024);
  return said(member(debugOf(event), 'requestUri'), 1024);
}

function attributesOf(event: Loose, client: Loose, refused: string | null): SessionEventInput['attributes'] {
  const debug = debugOf(event);
  const security = objectOf(member(event, 'securityContext'));
  const actor = objectOf(event.actor);
  const by = objectOf(member(client, 'userAgent'));
  const raw = member(by, 'rawUserAgent');
  return saying({
    os: isBrowser(agentFamily(raw)) ? systemFamily(raw) : null,
    asn: numberOf(member(security, 'asNumber')),
    proxy: member(security, 'isProxy') === true ? true : null,
    threat: said(member(debug, 'threatSuspected'), 8) === 'true' ? true : null,
    risk: said(member(debug, 'risk'), 200),
    reason: said(objectOf(event.outcome).reason, 200),
    zone: said(client.zone, 100),
    client: said(client.id, 200),
    grant: said(member(debug, 'grantType'), 100),
    clientAuth: said(member(debug, 'clientAuthType'), 100),
    device: said(objectOf(event.device).id, 200),
    onBehalfOf: apiTokenOf(event) ? said(member(actor, 'alternateId'), 300) : null,
    transaction: wordOf(objectOf(event.transaction).id, 200),
    sourceAddress: refused,
  });
}

/** A file whose beginning holds the System Log's own field names, in whatever case. */
export const sniff = (sample: string): boolean =>
  /\\?"eventtype\\?"\s*:\s*\\?"(?:user|app|application|system|policy|group|security|device|zone|core|iam|task|workflows|pam|oag|credential|event_hook|inline_hook|master_application|org|plugin|scheduled_action|support|import|mim|certification|access)\./i.test(
    sample,
  ) && /\\?"(?:alternateid|published)\\?"\s*:/i.test(sample);
