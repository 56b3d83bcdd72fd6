import type { Normalised } from '@/lib/sessions/import-model';
import { zonedMs } from '@/lib/sessions/time-model';

/** `2023-12-19 03:06:13.586 CET [10384] LOG C-0x7f3bd6c47f40: db/role@192.168.0.80:38296 closing because: … (age=5s)` */
const LINE =
  /^(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}:\d{2}(?:\.\d{1,6})?) ([A-Za-z]{1,5}|[+-]\d{2}(?::?\d{2})?) \[(\d+)\] (\w+) (.*)$/;
const CLIENT = /^(C-0x[0-9a-fA-F]+): (\S*)\/(.*)@(\S+):(\d+) (.*)$/;
/** How long an open session is shown live after the last line of its log, seconds. */
const GAP_SECS = 1800;

const rejected = (reason: string): Normalised => ({ kind: 'rejected', reason });

/**
 * One line of a PgBouncer log. Open = `login attempt`, close = `closing because`; the key is pointer, database, role,
 * address and port together, because the pointer alone is reused. Identity = role. Server connections and statistics
 * are no session facts.
 */
export function normalise(record: unknown): Normalised {
  if (typeof record !== 'string') return rejected('is not a line of text');
  const line = LINE.exec(record);
  if (!line) return rejected('is not a PgBouncer log line: date, time, zone, [pid], level expected');
  const [, date, time, zone, pid, , message] = line;
  const ms = zonedMs(date!, time!, zone!);
  if (Number.isNaN(ms)) return rejected(`has a time or zone that is unknown: ${date} ${time} ${zone}`.slice(0, 200));
  const client = CLIENT.exec(message!);
  if (!client)
    return /^C-0x[0-9a-fA-F]+: /.test(message!) && /login attempt/.test(message!)
      ? rejected('is a login without database, role, address and port')
      : { kind: 'skipped' };
  const [, pointer, database, role, address, port, rest] = client;
  const phase = rest!.startsWith('login attempt') ? 'open' : rest!.startsWith('closing because') ? 'close' : null;
  if (!phase || !role || role === '(nouser)') return { kind: 'skipped' };
  const key = `${pointer} ${database}/${role}@${address}:${port}`;
  if (key.length > 512 || role.length > 200) return rejected('has a name that is too long');
  const network = address === 'unix' || address!.startsWith('unix(') ? null : address!.slice(0, 64);
  return {
    kind: 'event',
    event: {
      source: 'pgbouncer',
      eventId: `${phase} ${key}`.slice(0, 512),
      at: new Date(ms).toISOString(),
      identity: { issuer: 'pgbouncer', type: 'role', externalId: role, name: role, kind: 'service_account' },
      session: {
        key,
        kind: 'database',
        label: `${database} · ${network ?? 'local socket'}`.slice(0, 200),
        phase,
        gapSecs: GAP_SECS,
      },
      credential: { externalId: `login:${role}`, kind: 'password' },
      action: phase === 'open' ? 'session.open' : 'session.close',
      class: 'session',
      outcome:
        phase === 'close' && /login failed|auth|no such|not allowed|password/i.test(rest!) ? 'failure' : 'success',
      network,
      region: null,
      agent: null,
      resource: database!.slice(0, 1024),
      attributes: {
        pid: Number(pid),
        port: Number(port),
        ...(phase === 'close' ? { reason: rest!.slice('closing because: '.length, 300) } : {}),
      },
    },
  };
}

/** A file whose first lines read like PgBouncer's. */
export const sniff = (sample: string): boolean =>
  sample.split('\n', 20).some((line) => {
    const message = LINE.exec(line.trimEnd())?.[6];
    return Boolean(message && /^(?:[CS]-0x[0-9a-fA-F]+: |stats: |kernel file descriptor limit)/.test(message));
  });
