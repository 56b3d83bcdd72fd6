import { type Loose, objectOf, parsedOf, textOf } from '@/lib/sessions/loose-model';

const LINE_MOST = 20_000;
/** `2025-05-17 16:19:34,226 DEBUG [org.keycloak.events] (executor-thread-1) type="LOGIN", realmId="…"` */
const PREFIX = /^(\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}(?:[.,]\d{1,9})?(?:Z|[+-]\d{2}:?\d{2})?)\s/;
const BODY = /(?:^|[\s:])((?:type|operationType)="?[A-Z][A-Z_0-9]+"?, realmId=.*)$/;
const PAIR = /([\w.-]{1,80})=(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|([^,]*))(?:,\s|$)/g;
/** Members of an event; every other word of a line is one of its details. */
const MEMBERS = new Set([
  'type',
  'operationType',
  'realmId',
  'realmName',
  'clientId',
  'userId',
  'sessionId',
  'ipAddress',
  'error',
  'resourceType',
  'resourcePath',
]);

/** An event of the `jboss-logging` listener: words and values, as the event store would have it. null: another line. */
function readBody(body: string): Loose | null {
  const event: Loose = {};
  const details: Loose = {};
  for (const [, name, quoted, single, bare] of body.slice(0, LINE_MOST).matchAll(PAIR)) {
    const value = quoted?.replace(/\\(.)/g, '$1') ?? single ?? bare ?? '';
    if (value === '' || value === 'null') continue;
    if (MEMBERS.has(name!)) event[name!] = value;
    else details[name!] = value;
  }
  if (!event.type && !event.operationType) return null;
  return event.operationType ? adminOf(event) : { ...event, details };
}

const adminOf = ({ realmId, realmName, clientId, userId, ipAddress, ...event }: Loose): Loose => ({
  ...event,
  realmName,
  authDetails: { realmId, clientId, userId, ipAddress },
});

export type ReadLine = { event: Loose } | { other: true } | { reason: string };

/**
 * One line of Keycloak's log, as text or as JSON (`--log-console-output=json`); a line of another category is understood
 * and no event. The time of a text line has no zone: UTC is meant, as in its container images.
 */
export function readLine(line: string): ReadLine {
  const json = parsedOf(line);
  if (Object.keys(json).length > 0) {
    if (!textOf(json.message, LINE_MOST)) return { event: json };
    if (json.loggerName !== 'org.keycloak.events') return { other: true };
    const event = readBody(BODY.exec(String(json.message))?.[1] ?? '');
    return event ? { event: { ...event, time: objectOf(json).timestamp } } : { other: true };
  }
  const time = PREFIX.exec(line)?.[1];
  if (!line.includes('[org.keycloak.events]'))
    return time || /^\s/.test(line) || /^(?:at |Caused by|java\.)/.test(line)
      ? { other: true }
      : { reason: 'is no line of a Keycloak log: date, time, level and category expected' };
  if (!time) return { reason: 'has no date: a log format with %d{yyyy-MM-dd HH:mm:ss,SSS} is needed' };
  const event = readBody(BODY.exec(line)?.[1] ?? '');
  return event ? { event: { ...event, time } } : { reason: 'is an event whose type and realm can’t be read' };
}
