// A log line as a person at a terminal reads it.

interface Line {
  level: number;
  time: number;
  process?: string;
  msg?: string;
  err?: { message?: string };
  [field: string]: unknown;
}

const LEVELS: Record<number, string> = {
  10: 'trace',
  20: 'debug',
  30: 'info',
  40: 'warning',
  50: 'error',
  60: 'fatal',
};
const OWN = ['level', 'time', 'process', 'msg', 'err', 'pid', 'hostname'];
const MOST = 200;

const shown = (value: unknown): string => {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
  return text.length > MOST ? `${text.slice(0, MOST)}…` : text;
};

/** `10:42:17 batch warning: the job queue is behind (waiting 120)`; what is not JSON stays as it is. Pure. */
export function logText(json: string): string {
  let line: Line;
  try {
    line = JSON.parse(json) as Line;
  } catch {
    return json;
  }
  const { level, time, process: from = 'braid', msg = '', err } = line;
  const fields = Object.entries(line).flatMap(([key, value]) => (OWN.includes(key) ? [] : [`${key} ${shown(value)}`]));
  const why = err?.message ? `: ${err.message.trim().split('\n').at(-1)}` : '';
  const more = fields.length ? ` (${fields.join(', ')})` : '';
  const at = new Date(time).toISOString().slice(11, 19);
  return `${at} ${from} ${LEVELS[level] ?? level}: ${msg}${why}${more}\n`;
}
