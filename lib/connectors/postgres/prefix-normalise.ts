import type { LogEntry } from '@/lib/connectors/postgres/log-model';
import { readInstant } from '@/lib/sessions/time-model';

/** Severity, colon and two blanks, which every line of a log has behind its prefix. */
const CUT =
  /(?:^|[\s:>\]|,;)-])(LOG|FATAL|ERROR|WARNING|NOTICE|INFO|PANIC|DEBUG\d?|DETAIL|HINT|STATEMENT|CONTEXT|QUERY|LOCATION|BACKTRACE):\s{1,2}/;
const WRITTEN =
  /\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}(?:[.,]\d{1,6})? (?:[A-Za-z]{1,5}|[+-]\d{2}(?::?\d{2})?)(?![A-Za-z])/;
const EPOCH = /(?:^|[\s[(])(\d{10}\.\d{3})(?=[\s\])]|$)/;
const SESSION = /(?:^|[^0-9a-f.])([0-9a-f]{8}\.[0-9a-f]{1,8})(?![0-9a-z.])/;
const PID =
  /\[(\d{1,10})\]|(?:^|[\s,])(?:pid|p|PID)=(\d{1,10})|\((\d{1,10})\)(?=:?\s|$)|\[(\d{1,10})-(?!1\])\d{1,10}\]/;
/** `[%l-1]` or `[%p-%l]`. */
const LINE = /\[(\d{1,10})-(\d{1,10})\]/;
const ADDRESS =
  /(?<![\d.\w])(\d{1,3}(?:\.\d{1,3}){3}|[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){2,7})(?:\((\d{1,5})\)|:(\d{2,5})(?=\s|$))?(?![\w.])/i;
/** `user=orders,db=shop,app=worker,client=10.0.0.1`: a value ends where the next word of the kind begins. */
const NAMED = /\b(user|db|database|app|application|client|host|remote)=(.*?)(?=,\s?\w+=|\s\w+=|[\s,]*$)/g;
const AT = /(?:^|[\s:,|])([^\s:@,|]{1,63})@([^\s:@,|]{1,63})(?=[\s:,|]|$)/;

const PREFIX_MOST = 1000;

type Parts = Partial<LogEntry> & { severity: string; message: string };

const known = (text: string | undefined): string | null => (!text || text === '[unknown]' ? null : text);

/**
 * A line as `log_line_prefix` made it, whatever it is set to: time (%m, %t, %n), process (%p), session (%c), user and
 * database (`%u@%d` or `user=%u,db=%d`), application (`app=%a`), client (%h, %r) are known by their form. null: no
 * severity, so no line of a log.
 */
export function lineParts(line: string): Parts | null {
  const cut = CUT.exec(line);
  if (!cut || cut.index > PREFIX_MOST) return null;
  const prefix = line.slice(0, cut.index + cut[0].indexOf(cut[1]!));
  const message = line.slice(cut.index + cut[0].length);
  const written = WRITTEN.exec(prefix)?.[0];
  const rest = written ? prefix.replace(written, ' ') : prefix;
  const at = readInstant(written ?? EPOCH.exec(rest)?.[1]);
  const named = Object.fromEntries([...rest.matchAll(NAMED)].map((match) => [match[1], match[2]]));
  const pair = AT.exec(rest);
  const address = ADDRESS.exec(named.client ?? named.host ?? named.remote ?? rest);
  const numbers = LINE.exec(rest);
  const pid = PID.exec(rest)
    ?.slice(1)
    .find((group) => group !== undefined);
  return {
    severity: cut[1]!,
    message,
    ...(at ? { at } : {}),
    pid: pid ? Number(pid) : null,
    sessionId: SESSION.exec(rest)?.[1] ?? null,
    line: Number((numbers?.[2] === '1' ? numbers[1] : numbers?.[2]) ?? 0) || null,
    user: known(named.user ?? pair?.[1]),
    database: known(named.db ?? named.database ?? pair?.[2]),
    application: known(named.app ?? named.application),
    host: address?.[1]?.replace(/^:(?!:)/, '') ?? (/\[local\]/.test(rest) ? '[local]' : null),
    port: Number(address?.[2] ?? address?.[3] ?? 0) || null,
  };
}
