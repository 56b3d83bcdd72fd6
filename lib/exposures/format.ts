/** Groups of three are kept together by a narrow no-break space, so that an amount never breaks across lines. */
const GROUP = '\u202f';

/** Minor units as people read them: `940000n, 2, 'EUR'` → `9 400 EUR`; decimals only where there are any. */
export function amountText(minor: bigint | string, scale = 0, unit: string | null = null): string {
  const value = BigInt(minor);
  const digits = (value < 0n ? -value : value).toString().padStart(scale + 1, '0');
  const whole = digits.slice(0, digits.length - scale).replace(/\B(?=(\d{3})+$)/g, GROUP);
  const fraction = scale > 0 ? digits.slice(-scale) : '';
  const text = `${value < 0n ? '−' : ''}${whole}${/[1-9]/.test(fraction) ? `.${fraction}` : ''}`;
  return unit ? `${text}\u00a0${unit}` : text;
}

/** An axis label: `1200000n, 2` → `12k`, `250000n, 2` → `2.5k`, `0n` → `0`. */
export function shortAmount(minor: bigint | string, scale = 0): string {
  const value = BigInt(minor);
  const sign = value < 0n ? '−' : '';
  const major = Number(value < 0n ? -value : value) / 10 ** scale;
  for (const [size, letter] of [
    [1e12, 'T'],
    [1e9, 'B'],
    [1e6, 'M'],
    [1e3, 'k'],
  ] as const) {
    if (major >= size) return `${sign}${trimmed(major / size)}${letter}`;
  }
  return `${sign}${trimmed(major)}`;
}

const trimmed = (value: number): string => String(Number(value.toFixed(value >= 100 ? 0 : value >= 10 ? 1 : 2)));

/** `part` of `whole` in per cent, rounded down, so that 100 means reached. A limit of nothing is reached at once. */
export const percentOf = (part: bigint | string, whole: bigint | string): number =>
  BigInt(whole) <= 0n ? 100 : Number((BigInt(part) * 100n) / BigInt(whole));

/** What a scope key is to people: `resource.id, 4711, 'account'` → `account 4711`; `subject.id` → `identity svc-payments`. */
export function scopeText(scope: string, key: string, resourceType?: string | null): string {
  return `${scopeWord(scope, resourceType)} ${key}`;
}

/** `resource.id` → `resource` or the resource's own type; `context.braid.session.network` → `session network`. */
export function scopeWord(scope: string, resourceType?: string | null): string {
  if (scope === 'subject.id' || scope === 'identity' || scope === 'identity.id') return 'identity';
  if (scope === 'resource.id' || scope === 'resource') return resourceType || 'resource';
  return scope
    .replace(/^context\.(braid\.)?/, '')
    .replace(/\.id$/, '')
    .replaceAll('.', ' ')
    .replaceAll('_', ' ');
}

/** Whether names of rules and meters say enough by themselves: those of two policy sets may be the same. */
export const severalSets = (named: readonly { set: string }[]): boolean =>
  named.some((one) => one.set !== named[0]?.set);

/** `payments · paid_24h` beside meters of other sets, `paid_24h` among its own. */
export const meterText = ({ set, meter }: { set: string; meter: string }, several: boolean): string =>
  several ? `${set} · ${meter}` : meter;

/** `payments/account-daily-cap` beside rules of other sets, `account-daily-cap` among its own. */
export const ruleText = ({ set, id }: { set: string | null; id: string }, several: boolean): string =>
  several && set ? `${set}/${id}` : id;

export const plural = (count: number, one: string, many = `${one}s`): string => (count === 1 ? one : many);

const WORDS = 'no one two three four five six seven eight nine ten eleven twelve'.split(' ');

/** Small numbers as words, as a sentence wants them: 3 → `three`, 13 → `13`. */
export const numberWord = (count: number): string =>
  Number.isInteger(count) && count >= 0 && count <= 12 ? WORDS[count]! : amountText(BigInt(Math.round(count)));

export const sentenceCase = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

const SPANS = [
  [86_400, 'day'],
  [3_600, 'hour'],
  [60, 'minute'],
  [1, 'second'],
] as const;

/** A span of seconds in its largest whole unit from two up: 1 260 → `21 minutes`, 90 → `90 seconds`, 0.4 → `less than a second`. */
export function spanText(seconds: number): string {
  if (seconds < 1) return 'less than a second';
  const [size, word] = SPANS.find(([each]) => seconds >= 2 * each) ?? [1, 'second'];
  const count = Math.round(seconds / size);
  return `${count} ${plural(count, word)}`;
}

/** What is left of a time, seconds, never more than it is: 42 990 → `11 h 56 min`, 187 200 → `2 d 4 h`, 2 510 → `41 min`, 12 → `12 s`. */
export function leftText(seconds: number): string {
  const all = Math.max(Math.floor(seconds), 0);
  const [days, hours, minutes] = [Math.floor(all / 86_400), Math.floor(all / 3_600) % 24, Math.floor(all / 60) % 60];
  if (days) return hours ? `${days} d ${hours} h` : `${days} d`;
  if (hours) return minutes ? `${hours} h ${minutes} min` : `${hours} h`;
  return minutes ? `${minutes} min` : `${all} s`;
}

const PERIODS: Record<string, string> = { hour: 'this hour', day: 'today', week: 'this week', month: 'this month' };

/**
 * A window as policies write it: 86 400 → `24 h`, 60 → `1 min`, null → `in all`. `calendar`: `day Europe/Berlin` → `today
 * (Europe/Berlin)`, `live` → `over live sessions`.
 */
export function windowText(seconds: number | null, calendar: string | null = null): string {
  if (calendar === 'live') return 'over live sessions';
  if (calendar) {
    const [period = '', zone] = calendar.split(' ');
    return `${PERIODS[period] ?? period} (${zone})`;
  }
  if (seconds === null) return 'in all';
  if (seconds === 0) return 'in a calendar period';
  if (seconds % 86_400 === 0 && seconds > 86_400) return `${seconds / 86_400} days`;
  if (seconds % 3_600 === 0) return `${seconds / 3_600} h`;
  if (seconds % 60 === 0) return `${seconds / 60} min`;
  return `${seconds} s`;
}

/** The least round amount (1, 2, 2.5 or 5 times a power of ten, in major units) that is at least `minor`. */
export function roundUp(minor: bigint, scale = 0): bigint {
  if (minor <= 0n) return 0n;
  const one = 10n ** BigInt(scale);
  for (let power = one; ; power *= 10n) {
    for (const tenths of [10n, 20n, 25n, 50n]) {
      const candidate = (power * tenths) / 10n;
      if (candidate % one === 0n && candidate >= minor) return candidate;
    }
  }
}

/** "Ending a and b gives back 300 EUR: below 80 % again." */
export function belowText(
  labels: readonly string[],
  percent: number,
  found: { back: string; scale: number; unit: string | null },
): string {
  const who = labels.length > 3 ? `${labels.length} sessions` : labels.join(labels.length === 2 ? ' and ' : ', ');
  return `Ending ${who} gives back ${amountText(found.back, found.scale, found.unit)}: below ${percent} % again.`;
}
