import type { LogEntry } from '@/lib/connectors/postgres/log-model';
import { lineParts } from '@/lib/connectors/postgres/prefix-normalise';
import { type Loose, numberOf, objectOf, textOf } from '@/lib/sessions/loose-model';
import { readInstant } from '@/lib/sessions/time-model';

export type ReadEntry = { entry: LogEntry } | { other: true } | { reason: string };

const MESSAGE_MOST = 20_000;
const known = (value: unknown, most = 400): string | null => {
  const text = textOf(value, most);
  return text === '[unknown]' ? null : text;
};

/** A line of text. `also`: what the envelope of the line says. */
export function lineEntry(line: string, also: Partial<LogEntry> = {}): ReadEntry {
  if (line.startsWith('{')) {
    try {
      return jsonEntry(JSON.parse(line));
    } catch {
      return { reason: 'is not JSON' };
    }
  }
  if (/^\s/.test(line)) return { other: true };
  const parts = lineParts(line.slice(0, MESSAGE_MOST));
  if (!parts) return { reason: 'is no line of a PostgreSQL log: severity and message expected' };
  if (!/^(?:LOG|FATAL)$/.test(parts.severity)) return { other: true };
  const at = parts.at ?? also.at;
  if (!at) return { reason: 'has no time that can be read: log_line_prefix needs %m, %t or %n' };
  return { entry: { ...also, ...parts, at } };
}

const SEVERITY = /^(?:LOG|FATAL|ERROR|WARNING|NOTICE|INFO|PANIC|DEBUG\d?)$/;

/**
 * A record of csvlog: 23 fields up to version 12, 24 in 13, 26 since 14. Fields are told by their place.
 */
export function csvEntry(fields: unknown[]): ReadEntry {
  const field = (index: number) => (typeof fields[index] === 'string' ? (fields[index] as string) : '');
  if (fields.length < 23 || fields.length > 40) return { reason: 'is no record of csvlog: 23 to 26 fields expected' };
  const severity = field(11);
  if (!SEVERITY.test(severity)) return { reason: 'is no record of csvlog: field 12 is no severity' };
  const at = instantOf(field(0), field(5), field(8));
  if (!at) return { reason: 'has no time that can be read' };
  const [host, port] = hostPort(field(4));
  return {
    entry: {
      at,
      severity,
      message: field(13).slice(0, MESSAGE_MOST),
      detail: known(field(14), 2000),
      user: known(field(1)),
      database: known(field(2)),
      pid: numberOf(field(3)),
      host,
      port,
      sessionId: known(field(5), 60),
      line: numberOf(field(6)),
      sqlstate: stateOf(field(12)),
      application: known(field(22)),
    },
  };
}

const HOURS_MOST = 14;
const QUARTER_MS = 900_000;

/**
 * An entry's time. Zone names mean several zones (IST, CST); but a session id begins with the session's start in seconds
 * since the epoch, so where its start stands beside it in the same zone, the offset is known and not guessed.
 */
function instantOf(written: unknown, sessionId: unknown, started: unknown): string | null {
  const [time, start, id] = [textOf(written, 64), textOf(started, 64), textOf(sessionId, 60)];
  if (time && start && id && time.split(' ')[2] === start.split(' ')[2]) {
    const utc = (text: string) => Date.parse(`${text.split(' ').slice(0, 2).join('T')}Z`);
    const offset = utc(start) - Number.parseInt(id.split('.')[0]!, 16) * 1000;
    if (offset % QUARTER_MS === 0 && Math.abs(offset) <= HOURS_MOST * 3_600_000 && Number.isFinite(utc(time)))
      return readInstant(utc(time) - offset);
  }
  return readInstant(written);
}

/** SQLSTATE; 00000 says that nothing went wrong. */
const stateOf = (value: unknown): string | null => (value === '00000' ? null : known(value, 10));

/** `10.0.0.1:5555`, `[local]`, `2001:db8::1:5555`: the last colon parts host and port. */
function hostPort(text: string): [string | null, number | null] {
  const match = /^(.*):(\d{1,5})$/.exec(text);
  return match ? [match[1]!, Number(match[2])] : [text || null, null];
}

/** A record of jsonlog, or what CloudNativePG and Cloud SQL wrap around one. */
export function jsonEntry(record: unknown): ReadEntry {
  const outer = objectOf(record);
  if (outer.record !== undefined || outer.logger !== undefined) return cloudNative(outer);
  if (outer.textPayload !== undefined || outer.resource !== undefined) return cloudSql(outer);
  return plainJson(outer, {});
}

function plainJson(entry: Loose, also: Partial<LogEntry>): ReadEntry {
  const severity = textOf(entry.error_severity, 20);
  if (!severity || !SEVERITY.test(severity)) return { reason: 'is no record of jsonlog: error_severity is missing' };
  const at = instantOf(
    entry.timestamp ?? entry.log_time,
    entry.session_id,
    entry.session_start ?? entry.session_start_time,
  );
  if (!at) return { reason: 'has no time that can be read' };
  const [from, port] = hostPort(textOf(entry.connection_from, 200) ?? '');
  return {
    entry: {
      ...also,
      at,
      severity,
      message: textOf(entry.message, MESSAGE_MOST) ?? '',
      detail: textOf(entry.detail, 2000),
      user: known(entry.user ?? entry.user_name),
      database: known(entry.dbname ?? entry.database_name),
      pid: numberOf(entry.pid ?? entry.process_id),
      host: known(entry.remote_host, 200) ?? from,
      port: numberOf(entry.remote_port) ?? port,
      sessionId: known(entry.session_id, 60),
      line: numberOf(entry.line_num ?? entry.session_line_num),
      sqlstate: stateOf(entry.state_code ?? entry.sql_state_code),
      application: known(entry.application_name),
    },
  };
}

/** `{"logger":"postgres","logging_pod":"orders-1","record":{…}}`; pgAudit stands in `record.audit`. */
function cloudNative(outer: Loose): ReadEntry {
  const logger = textOf(outer.logger, 60);
  if (logger !== 'postgres' && logger !== 'pgaudit') return logger ? { other: true } : { reason: 'names no logger' };
  const pod = textOf(outer.logging_pod, 200) ?? textOf(outer.logging_podName, 200);
  const record = objectOf(outer.record);
  const read = plainJson(record, { server: pod?.replace(/-\d+$/, '') ?? null, pod });
  const audit = objectOf(record.audit);
  if (!('entry' in read) || Object.keys(audit).length === 0) return read;
  const parts = [audit.audit_type, 1, 1, audit.class, audit.command, audit.object_type ?? '', audit.object_name ?? ''];
  const message = `AUDIT: ${parts.join(',')},${textOf(audit.statement, 4000) ?? ''}`;
  return { entry: { ...read.entry, severity: 'LOG', message } };
}

/** An entry of Cloud Logging: the server's line in `textPayload`, the instance in `resource.labels`. */
function cloudSql(outer: Loose): ReadEntry {
  const labels = objectOf(objectOf(outer.resource).labels);
  const line = textOf(outer.textPayload, MESSAGE_MOST);
  if (!line) return textOf(outer.logName, 300) ? { other: true } : { reason: 'has no textPayload' };
  return lineEntry(line, {
    at: readInstant(outer.timestamp) ?? undefined,
    server: textOf(labels.database_id, 200),
    region: textOf(labels.region, 64),
    id: textOf(outer.insertId, 100),
  });
}
