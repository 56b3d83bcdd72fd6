import { isConsole, lifeOf } from '@/lib/connectors/keycloak/admin-normalise';
import { readLine } from '@/lib/connectors/keycloak/line-normalise';
import { lifeOfOwn, sessionOf, toldOf } from '@/lib/connectors/keycloak/session-normalise';
import type { Normalised } from '@/lib/sessions/import-model';
import { type Loose, objectOf, saying, textOf } from '@/lib/sessions/loose-model';
import type { SessionEventInput } from '@/lib/sessions/model';
import { readNetwork } from '@/lib/sessions/network-model';
import { readInstant } from '@/lib/sessions/time-model';

const rejected = (reason: string): Normalised => ({ kind: 'rejected', reason });

/**
 * One event of Keycloak: as its event store or REST interface gives it (user or admin event), or as a line of its log
 * (listener `jboss-logging`, text or JSON). Session = Keycloak's own `sessionId`.
 */
export function normalise(record: unknown): Normalised {
  const read = typeof record === 'string' ? readLine(record) : { event: objectOf(record) };
  if ('other' in read) return { kind: 'skipped' };
  if ('reason' in read) return rejected(read.reason);
  const { event } = read;
  const at = readInstant(event.time);
  if (textOf(event.operationType, 40)) return at ? normaliseAdmin(event, at) : rejected('has no time that can be read');
  const type = textOf(event.type, 80);
  if (!type || !/^[A-Z][A-Z_0-9]+$/.test(type)) return rejected('is not an event of Keycloak: type is missing');
  if (!at) return rejected('has no time that can be read');
  return normaliseUser(event, type, at);
}

const realmOf = (realm: unknown): string => `keycloak:${textOf(realm, 150) ?? 'unknown'}`;

/** A client that acts by itself is the client, whatever user Keycloak keeps for it; else the user of the event. */
function identityOf(event: Loose, issuer: string): SessionEventInput['identity'] | null {
  const details = objectOf(event.details);
  const client = textOf(event.clientId, 300);
  const user = textOf(event.userId, 200);
  const name = textOf(details.username, 300);
  const service = name?.startsWith('service-account-') || details.grant_type === 'client_credentials';
  if (user && !(service && client)) {
    return { issuer, type: 'user', externalId: user, name: name ?? user, kind: 'human' };
  }
  if (!client || isConsole(client)) return null;
  return { issuer, type: 'client', externalId: client, name: client, kind: 'service_account' };
}

function normaliseUser(event: Loose, typed: string, at: string): Normalised {
  const type = typed.replace(/_ERROR$/, '');
  const failed = typed !== type || textOf(event.error, 300) !== null;
  const issuer = realmOf(event.realmId ?? event.realmName);
  const identity = identityOf(event, issuer);
  if (!identity) return { kind: 'skipped' };
  const details = objectOf(event.details);
  const network = readNetwork(event.ipAddress);
  const { session, credential } = sessionOf(event, { type, failed, network: network.address, identity });
  const life = failed ? undefined : lifeOfOwn(type, event, identity);
  return {
    kind: 'event',
    event: {
      source: 'keycloak',
      eventId: textOf(event.id, 200) ?? idOf(event, typed),
      at,
      identity,
      session,
      credential,
      action: `keycloak:${type}`,
      class: classOf(type),
      outcome: failed ? 'failure' : 'success',
      network: network.address,
      region: null,
      agent: null,
      resource: textOf(event.clientId, 300),
      attributes: saying({
        realm: textOf(event.realmName, 150) ?? textOf(event.realmId, 150),
        error: textOf(event.error, 300),
        reason: textOf(details.reason, 300),
        grant: textOf(details.grant_type, 100),
        authMethod: textOf(details.auth_method, 100) ?? textOf(details.client_auth_method, 100),
        identityProvider: textOf(details.identity_provider, 200),
        impersonator: textOf(details.impersonator, 200),
        audience: textOf(details.audience, 300),
        tokenId: textOf(details.token_id, 200),
        sourceAddress: network.refused,
      }),
      ...toldOf(event, type, at),
      ...(life ? { life } : {}),
    },
  };
}

/** Lines carry no id: what tells two events of one instant apart stands for it. */
const idOf = (event: Loose, type: string): string => {
  const details = objectOf(event.details);
  const auth = objectOf(event.authDetails);
  const parts = [event.sessionId, details.token_id, details.code_id, event.userId, event.clientId, event.ipAddress];
  const about = [auth.userId, auth.clientId, event.resourcePath];
  return [type, ...parts, ...about]
    .map((part) => textOf(part, 80) ?? '')
    .join(' ')
    .trim()
    .slice(0, 512);
};

function normaliseAdmin(event: Loose, at: string): Normalised {
  const auth = objectOf(event.authDetails);
  const issuer = realmOf(auth.realmId ?? event.realmId ?? event.realmName);
  const client = textOf(auth.clientId, 300);
  const user = textOf(auth.userId, 200);
  const who = user ?? client;
  if (!who) return { kind: 'skipped' };
  const network = readNetwork(auth.ipAddress);
  const operation = textOf(event.operationType, 40)!;
  const path = textOf(event.resourcePath, 600);
  const failed = textOf(event.error, 300) !== null;
  const life = failed ? undefined : lifeOf(event, event.realmId === undefined ? null : realmOf(event.realmId));
  return {
    kind: 'event',
    event: {
      source: 'keycloak',
      eventId: textOf(event.id, 200) ?? idOf(event, operation),
      at,
      identity: {
        issuer,
        type: user ? 'user' : 'client',
        externalId: who,
        name: textOf(auth.username, 300) ?? who,
        kind: !user || (client && !isConsole(client) && !/^[0-9a-f-]{36}$/.test(client)) ? 'service_account' : 'human',
      },
      session: null,
      credential: null,
      action: `keycloak:${textOf(event.resourceType, 80) ?? 'ADMIN'}.${operation}`.slice(0, 200),
      class: /(?:partial-export|\/export)$/.test(path ?? '') ? 'export' : 'change',
      outcome: failed ? 'failure' : 'success',
      network: network.address,
      region: null,
      agent: null,
      resource: path,
      attributes: saying({
        realm: textOf(event.realmName, 150) ?? textOf(event.realmId, 150),
        client,
        error: textOf(event.error, 300),
        sourceAddress: network.refused,
      }),
      ...(life ? { life } : {}),
    },
  };
}

const CONSENT = /^(?:GRANT|UPDATE)_CONSENT$|^AUTHREQID|^OAUTH2_DEVICE_VERIFY/;
const CHANGE =
  /^(?:REGISTER|UPDATE_|REMOVE_|RESET_PASSWORD|DELETE_|VERIFY_EMAIL|REVOKE_GRANT|CLIENT_(?:REGISTER|UPDATE|DELETE)|FEDERATED_)/;
const READ = /^(?:USER_INFO_REQUEST|INTROSPECT_TOKEN|VALIDATE_ACCESS_TOKEN|CLIENT_INFO|PERMISSION_TOKEN)$/;

function classOf(type: string): SessionEventInput['class'] {
  if (CONSENT.test(type)) return 'approval';
  if (CHANGE.test(type)) return 'change';
  if (READ.test(type)) return 'read';
  return /LOGIN|LOGOUT|TOKEN|IMPERSONATE|DEVICE|AUTH/.test(type) ? 'session' : 'other';
}

/** An event of the store has realm, type and time together; a line of the log its category, or the words of the listener. */
export const sniff = (sample: string): boolean =>
  /(?:type|operationType)=\\?"?[A-Z][A-Z_0-9]+\\?"?, realmId=/.test(sample) ||
  /\[org\.keycloak\.events\]/.test(sample) ||
  (/"realmId"\s*:\s*"/.test(sample) &&
    /"time"\s*:\s*\d{12,14}/.test(sample) &&
    /"(?:type|operationType)"\s*:\s*"[A-Z][A-Z_0-9]+"/.test(sample));
