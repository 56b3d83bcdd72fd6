import { csvEntry, jsonEntry, lineEntry } from '@/lib/connectors/postgres/entry-normalise';
import type { LogEntry } from '@/lib/connectors/postgres/log-model';
import { readStatement } from '@/lib/connectors/statement-model';
import type { Normalised } from '@/lib/sessions/import-model';
import { saying } from '@/lib/sessions/loose-model';
import type { SessionEventInput } from '@/lib/sessions/model';
import { readNetwork } from '@/lib/sessions/network-model';

/** How long an open session is shown live after the last line of its log, seconds. */
const GAP_SECS = 1800;

/** What the server says of a connection is one short sentence. */
const SENTENCE_MOST = 3000;

type Life = NonNullable<SessionEventInput['life']>;

const rejected = (reason: string): Normalised => ({ kind: 'rejected', reason });

const AUTHORIZED =
  /^(?:replication )?connection authorized: user=(.*?)(?: database=(.*?))?(?: application_name=(.*?))?(?: SSL enabled \(.*\)| GSS \(.*\))?$/;
const DISCONNECTED = /^disconnection: session time: ([\d:.]{5,20}) user=(.*) database=(.*) host=(\S+)(?: port=(\d+))?$/;
const REFUSED =
  /^(?:\w+ authentication failed for user|no pg_hba\.conf entry for host "[^"]*", user|role|permission denied for database "[^"]*" for user|too many connections for role) "(.{1,200}?)"/;

/**
 * One entry of a PostgreSQL log: a line of text, a record of csvlog (a list of fields), of jsonlog, or one that Cloud SQL or
 * CloudNativePG has wrapped. Open = `connection authorized`, close = `disconnection`; identity = role. Of statements only the
 * command is kept, never their text.
 */
export function normalise(record: unknown): Normalised {
  const read =
    typeof record === 'string' ? lineEntry(record) : Array.isArray(record) ? csvEntry(record) : jsonEntry(record);
  if ('reason' in read) return rejected(read.reason);
  if ('other' in read) return { kind: 'skipped' };
  return fromEntry(read.entry);
}

function fromEntry(entry: LogEntry): Normalised {
  const message = entry.message.slice(0, SENTENCE_MOST);
  const opened = entry.severity === 'LOG' ? AUTHORIZED.exec(message) : null;
  if (opened) {
    const agent = opened[3] ?? entry.application;
    return eventOf({ ...entry, user: opened[1]!, database: opened[2] ?? 'replication', application: agent }, 'open');
  }
  const closed = entry.severity === 'LOG' ? DISCONNECTED.exec(message) : null;
  if (closed) {
    const [, time, user, database, host, port] = closed as unknown as [string, string, string, string, string, string];
    const known = { ...entry, user, database, host: entry.host ?? host, port: entry.port ?? Number(port || 0) };
    return eventOf(known, 'close', { sessionTime: time });
  }
  if (entry.severity === 'FATAL') return refusedOf(entry);
  if (entry.severity === 'LOG' && entry.user) return statementOf(entry);
  return { kind: 'skipped' };
}

/** A session's key: the server's own session id; without one its process, which is used again, with role and database. */
function keyOf(entry: LogEntry): string | null {
  const of = entry.server ? `${entry.server} ` : '';
  if (entry.sessionId) return `${of}${entry.sessionId}`;
  return entry.pid ? `${of}${entry.pid} ${entry.user}@${entry.database}`.slice(0, 1000) : null;
}

const MOST = 200;

function eventOf(
  entry: LogEntry,
  phase: 'open' | 'close' | 'seen' | 'none',
  more: Partial<SessionEventInput> & { sessionTime?: string } = {},
): Normalised {
  const { user, database } = entry;
  if (!user) return { kind: 'skipped' };
  if (user.length > MOST || (database ?? '').length > MOST) return rejected('has a name that is too long');
  const key = keyOf(entry);
  if (!key && phase !== 'none') return rejected('has neither process id (%p) nor session id (%c)');
  const network = readNetwork(entry.host);
  const agent = entry.application?.trim().slice(0, MOST) || null;
  const { sessionTime, attributes, ...event } = more;
  return {
    kind: 'event',
    event: {
      source: 'postgres',
      eventId: idOf(entry, phase, key),
      at: entry.at,
      identity: {
        issuer: entry.server ? `postgres:${entry.server.slice(0, 150)}` : 'postgres',
        type: 'role',
        externalId: user,
        name: user,
        kind: 'service_account',
      },
      session:
        phase === 'none' || !key
          ? null
          : {
              key,
              kind: 'database',
              label: `${agent ?? database ?? 'client'} · ${network.address ?? entry.host ?? 'no address'}`.slice(
                0,
                MOST,
              ),
              phase,
              gapSecs: GAP_SECS,
              observedBy: 'native',
            },
      credential: { externalId: loginOf(entry, user), kind: 'password' },
      action: phase === 'close' ? 'session.close' : 'session.open',
      class: 'session',
      outcome: 'success',
      network: network.address,
      region: entry.region ?? null,
      agent,
      resource: database ?? null,
      attributes: { ...saying({ ...attributesOf(entry), sessionTime, sourceAddress: network.refused }), ...attributes },
      ...event,
    },
  };
}

/** Open and close of a session happen once, however often they are written; anything else is told apart by its line. */
const idOf = (entry: LogEntry, phase: string, key: string | null): string =>
  (phase === 'open' || phase === 'close'
    ? `${phase} ${key}`
    : [phase, key, entry.user, entry.line, entry.id, entry.port].map((part) => part ?? '').join(' ')
  ).slice(0, 512);

const attributesOf = (entry: LogEntry) => ({
  pid: entry.pid,
  port: entry.port || null,
  pod: entry.pod,
  sqlstate: entry.sqlstate,
});

/** A login that was refused, of a role that is there; the end of a session that somebody else ordered. */
function refusedOf(entry: LogEntry): Normalised {
  const failed = REFUSED.exec(entry.message.slice(0, SENTENCE_MOST));
  if (!failed) return { kind: 'skipped' };
  if (/does not exist/.test(`${entry.message} ${entry.detail ?? ''}`)) return { kind: 'skipped' };
  return eventOf({ ...entry, user: failed[1]! }, 'none', { outcome: 'failure', action: 'session.refused' });
}

/** What `log_statement` and pgAudit write: the command, and what it does to roles and their passwords. */
function statementOf(entry: LogEntry): Normalised {
  const read = readStatement(entry.message);
  if (!read) return { kind: 'skipped' };
  return eventOf(entry, keyOf(entry) ? 'seen' : 'none', {
    action: read.command,
    class: read.class,
    ...(read.object ? { resource: read.object.slice(0, 1024) } : {}),
    ...(read.life ? { life: lifeOf(entry, read.life) } : {}),
  });
}

/** A role's password: of a server that is known, that server's. */
const loginOf = (entry: LogEntry, role: string): string =>
  (entry.server ? `login:${entry.server}/${role}` : `login:${role}`).slice(0, 512);

function lifeOf(entry: LogEntry, life: Life): Life {
  return life.of === 'identity'
    ? { ...life, identity: roleOf(entry, life.externalId) }
    : { ...life, externalId: loginOf(entry, life.externalId.replace(/^login:/, '')) };
}

const roleOf = (entry: LogEntry, role: string) => ({
  issuer: entry.server ? `postgres:${entry.server.slice(0, 150)}` : 'postgres',
  type: 'role',
  externalId: role,
});
