import { readStatement } from '@/lib/connectors/statement-model';
import { identityOf, instanceOf } from '@/lib/connectors/teleport/identity-normalise';
import { lifeOf, sessionOf, toldOf } from '@/lib/connectors/teleport/session-normalise';
import { agentFamily } from '@/lib/sessions/agent-model';
import type { Normalised } from '@/lib/sessions/import-model';
import { type Loose, listOf, numberOf, objectOf, saying, textOf } from '@/lib/sessions/loose-model';
import type { SessionEventInput } from '@/lib/sessions/model';
import { readNetwork } from '@/lib/sessions/network-model';
import { readInstant } from '@/lib/sessions/time-model';

const rejected = (reason: string): Normalised => ({ kind: 'rejected', reason });

/** One event of Teleport's audit log, as its files, `tctl` or the event handler write it. */
export function normalise(record: unknown): Normalised {
  const outer = objectOf(record);
  const event = typeof outer.event === 'object' ? objectOf(outer.event) : outer;
  const type = textOf(event.event, 100);
  if (!type || !/^[a-z][\w.]+$/.test(type)) return rejected('is not an audit event of Teleport: event is missing');
  const at = readInstant(event.time);
  if (!at) return rejected('has no time that can be read');
  const eventId = textOf(event.uid, 200);
  if (!eventId && !textOf(event.code, 20)) return rejected('has neither uid nor code');
  const identity = identityOf(event);
  if (!identity) return { kind: 'skipped' };
  const network = readNetwork(event['addr.remote'] ?? objectOf(event.identity).client_ip ?? event.remote_addr);
  const failed = event.success === false || /[WE]$/.test(textOf(event.code, 20) ?? '') || stateOf(event) === 'DENIED';
  const life = failed ? undefined : lifeOf(event, type);
  const agent = agentFamily(event.user_agent);
  return {
    kind: 'event',
    event: {
      source: 'teleport',
      eventId:
        eventId ?? `${textOf(event.code, 20)} ${textOf(event.sid, 100) ?? ''} ${numberOf(event.ei) ?? ''}`.trim(),
      at,
      identity,
      session: sessionOf(event, { type, network: network.address, failed }),
      credential: credentialOf(event, type),
      action: type,
      class: classOf(event, type),
      outcome: failed ? 'failure' : 'success',
      network: network.address,
      region: null,
      agent,
      resource: resourceOf(event),
      attributes: attributesOf(event, network.refused),
      ...toldOf(event, type),
      ...(life ? { life } : {}),
    },
  };
}

const stateOf = (event: Loose): string | null => textOf(event.proposed_state, 20) ?? textOf(event.state, 20);

/** A bot's certificate belongs to its instance; how an instance came in is its join token's. */
function credentialOf(event: Loose, type: string): SessionEventInput['credential'] {
  const token = textOf(event.token_name, 300);
  if (type === 'bot.join' && token) return { externalId: `join-token ${token}`, kind: 'join_token' };
  const instance = instanceOf(event);
  if (instance) return { externalId: `certificate ${instance}`, kind: 'certificate' };
  const user = textOf(event.user, 300);
  return user && event.sid !== undefined ? { externalId: `user:${user}`, kind: 'certificate' } : null;
}

const SESSION =
  /session\.(?:start|end|join|leave|chunk)$|^(?:user\.login|auth|bot\.join|instance\.join|cert\.create|client\.disconnect|session\.rejected)$/;
const EXPORT = /^(?:session\.recording\.access|scp\.download|access_graph\.|audit_query\.run|db\.session\.dump)/;
const APPROVAL = /^access_request\.|^access_list\.review/;
const READ = /\.(?:list|read|search)$|^(?:session\.(?:disk|network|data|upload)|resize|print)$/;
const CHANGE =
  /\.(?:create|created|update|updated|delete|deleted|upsert|add|reset|change|password_change|revoke)$|^(?:exec|scp|sftp|subsystem|port|session\.command|x11-forward)$/;

function classOf(event: Loose, type: string): SessionEventInput['class'] {
  if (APPROVAL.test(type)) return 'approval';
  if (SESSION.test(type)) return 'session';
  if (EXPORT.test(type) || (type === 'scp' && event.action === 'download')) return 'export';
  if (type === 'kube.request') return /^(?:get|list|watch|head)$/i.test(String(event.verb)) ? 'read' : 'change';
  if (type === 'app.session.request') return /^(?:GET|HEAD|OPTIONS)$/.test(String(event.method)) ? 'read' : 'change';
  const query = type.startsWith('db.session.') ? textOf(event.db_query, 4000) : null;
  if (query) return readStatement(`statement: ${query}`)?.class ?? 'other';
  if (CHANGE.test(type)) return 'change';
  return READ.test(type) ? 'read' : 'other';
}

function resourceOf(event: Loose): string | null {
  const names = ['db_service', 'app_name', 'kubernetes_cluster', 'server_hostname', 'desktop_name', 'name', 'id'];
  const name = names.map((each) => textOf(event[each], 300)).find((each) => each !== null) ?? null;
  const path = textOf(event.request_path, 500) ?? textOf(event.path, 500)?.split('?')[0] ?? textOf(event.db_name, 200);
  return path && name ? `${name} ${path}`.slice(0, 1024) : name;
}

function attributesOf(event: Loose, refused: string | null): SessionEventInput['attributes'] {
  const target = objectOf(event.target);
  return saying({
    code: textOf(event.code, 20),
    cluster: textOf(event.cluster_name, 150),
    login: textOf(event.login, 100) ?? textOf(event.db_user, 100),
    protocol: textOf(event.proto, 20) ?? textOf(event.db_protocol, 20),
    joinMethod: textOf(event.method, 40),
    botInstance: instanceOf(event),
    impersonator: textOf(event.impersonator, 200) ?? textOf(objectOf(event.identity).impersonator, 200),
    state: stateOf(event),
    request: textOf(event.id, 100) ?? textOf(listOf(event.access_requests)[0], 100),
    sent: numberOf(event.tx),
    received: numberOf(event.rx),
    locked:
      Object.keys(target).length > 0
        ? Object.entries(target)
            .map(([name, value]) => `${name} ${String(value).slice(0, 80)}`)
            .join(', ')
        : null,
    sourceAddress: refused,
  });
}

/** Codes are Teleport's own (`T2000I`, `TJ001I`, `TDB00I`), beside an event in words with dots. */
export const sniff = (sample: string): boolean =>
  /"code"\s*:\s*"T[A-Z]{0,4}\d{1,4}[IWE]"/.test(sample) && /"event"\s*:\s*(?:"[a-z_]+(?:\.[a-z_.]+)?"|\{)/.test(sample);
