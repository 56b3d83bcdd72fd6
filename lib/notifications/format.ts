import { plural as pluralOf, spanText } from '@/lib/exposures/format';
import { DETECTORS, type Detector, SEVERITIES, type Severity } from '@/lib/findings/model';
import { kindText } from '@/lib/identities/format';
import { EVENTS, type Match, type NoticeFact } from '@/lib/notifications/model';

/** What a message says, before a channel gives it its form. Links are absolute. */
export interface Message {
  /** Subject line and first line. */
  headline: string;
  /** What was found, in one sentence. */
  sentence: string;
  severity: Severity;
  /** Label and value, in the order in which they are read. */
  lines: [label: string, value: string][];
  url: string;
  end: { url: string; how: string } | null;
  /** Of a digest: what it collected, newest last of the same thing only. */
  entries: Entry[];
  /** Entries beyond those listed. */
  more: number;
}

export interface Entry {
  headline: string;
  sentence: string;
  severity: Severity;
  event: string;
  url: string;
  /** How often something was told of it. */
  times: number;
}

/** Entries a digest lists; the rest is a number and a link. */
const LISTED = 20;

const plural = (n: number, one: string, many?: string): string => `${n} ${pluralOf(n, one, many)}`;
const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);
const absolute = (base: string, path: string): string => `${base.replace(/\/$/, '')}${path}`;
const ended = (sentence: string): string => (/[.!?…]$/.test(sentence) ? sentence : `${sentence}.`);

const severest = (all: readonly Severity[]): Severity =>
  SEVERITIES[Math.max(0, ...all.map((one) => SEVERITIES.indexOf(one)))]!;

/** `2026-11-22 14:01:05 UTC`: a message does not know its reader's zone. */
const timeText = (iso: string): string => `${iso.slice(0, 19).replace('T', ' ')} UTC`;

/** Lists, as people say them: `a, b or c`. */
const either = (all: readonly string[]): string =>
  all.length < 2 ? (all[0] ?? '') : `${all.slice(0, -1).join(', ')} or ${all.at(-1)}`;

export const eventWords = (event: string): string => (EVENTS as Record<string, string>)[event] ?? event;

/** What of Braid's own vocabulary is not a raised finding is said in the headline. */
const PREFIX: Partial<Record<NoticeFact['event'], string>> = {
  'finding.reopened': 'Open again',
  'finding.updated': 'New evidence',
  'finding.acknowledged': 'Acknowledged',
  'finding.suppressed': 'Suppressed',
  'finding.closed': 'Closed',
};

export function headlineOf(notice: NoticeFact): string {
  const { identity, title } = notice.body;
  const said = PREFIX[notice.event] ? `${PREFIX[notice.event]}: ${title}` : title;
  const who = identity && !said.includes(identity.name) ? `${identity.name}: ${said}` : said;
  return who.slice(0, 300);
}

function linesOf({ event, severity, detector, body, at }: NoticeFact): [string, string][] {
  const { identity } = body;
  const lines: [string, string | undefined][] = [
    ['Severity', capital(severity)],
    ['What', eventWords(event)],
    ['Identity', identity && `${identity.name} (${kindText(identity.kind)}, ${identity.state})`],
    ['Owner', identity && (identity.owner ?? 'nobody answers for it')],
    ['Environment', identity?.environment ?? undefined],
    ['Workflow', identity?.workflows.join(', ') || undefined],
    ['Alone', body.alone],
    ['Together', body.together],
    ['Detector', detector ? (DETECTORS[detector as Detector] ?? detector) : undefined],
    ['Why', body.reasons.join(' ') || undefined],
    [
      'Seen',
      body.firstSeenAt && body.lastSeenAt ? seen(body.firstSeenAt, body.lastSeenAt, body.occurrences) : undefined,
    ],
    ['By', body.by],
    ['At', timeText(at)],
  ];
  return lines.filter((line): line is [string, string] => Boolean(line[1]));
}

const seen = (first: string, last: string, times: number | undefined): string =>
  `${timeText(first)}${last === first ? '' : ` to ${timeText(last)}`}${times && times > 1 ? `, ${times} times` : ''}`;

function single(notice: NoticeFact, base: string): Message {
  const { body } = notice;
  return {
    headline: headlineOf(notice),
    sentence: ended(body.summary || body.title),
    severity: notice.severity,
    lines: linesOf(notice),
    url: absolute(base, body.path),
    end: body.end && { url: absolute(base, body.end.path), how: body.end.how },
    entries: [],
    more: 0,
  };
}

/** One entry for each thing: the latest that was told of it. Most severe first, then in order. */
function entriesOf(notices: readonly NoticeFact[], base: string): Entry[] {
  const groups = new Map<string, NoticeFact[]>();
  for (const notice of notices) {
    const key = `${notice.target.type}:${notice.target.id}`;
    groups.set(key, [...(groups.get(key) ?? []), notice]);
  }
  const entries = [...groups.values()].map((group): Entry => {
    const last = group.at(-1)!;
    return {
      headline: headlineOf(last),
      sentence: ended(last.body.summary || last.body.title),
      severity: severest(group.map((one) => one.severity)),
      event: last.event,
      url: absolute(base, last.body.path),
      times: group.length,
    };
  });
  return entries.sort((a, b) => SEVERITIES.indexOf(b.severity) - SEVERITIES.indexOf(a.severity));
}

function digest(notices: readonly NoticeFact[], base: string): Message {
  const entries = entriesOf(notices, base);
  const names = [...new Set(notices.flatMap(({ body }) => body.identity?.name ?? []))];
  const counts = SEVERITIES.toReversed()
    .map((severity) => [severity, entries.filter((entry) => entry.severity === severity).length] as const)
    .filter(([, n]) => n > 0);
  const spread = counts.map(([severity, n]) => `${n} ${severity}`).join(', ');
  const on = names.length === 1 ? `on ${names[0]}` : `on ${plural(names.length, 'identity', 'identities')}`;
  const what = notices.every(({ target }) => target.type === 'finding')
    ? plural(entries.length, 'finding')
    : plural(entries.length, 'matter');
  return {
    headline: `${what} ${names.length ? on : ''}: ${spread}`.replace(' :', ':').slice(0, 300),
    sentence: `Between ${timeText(notices[0]!.at)} and ${timeText(notices.at(-1)!.at)}, ${plural(notices.length, 'event')} came together. Most severe: ${entries[0]!.headline}.`,
    severity: severest(entries.map((entry) => entry.severity)),
    lines: names.length > 1 && names.length <= 10 ? [['Identities', names.join(', ')]] : [],
    url: absolute(base, '/findings'),
    end: null,
    entries: entries.slice(0, LISTED),
    more: Math.max(0, entries.length - LISTED),
  };
}

/** What a message says. `base`: the console's public address. */
export const messageOf = (notices: readonly NoticeFact[], base: string): Message =>
  notices.length === 1 ? single(notices[0]!, base) : digest(notices, base);

/** A route in words: `High and above · findings raised or open again · owner ann@example.com · at once`. */
export function routeText(match: Match, digestSecs: number): string {
  const parts = [
    match.minSeverity === 'low'
      ? 'Any severity'
      : match.minSeverity === 'critical'
        ? 'Critical only'
        : `${capital(match.minSeverity)} and above`,
    match.events.length === Object.keys(EVENTS).length
      ? 'every event'
      : plural(match.events.length, 'kind of event', 'kinds of events'),
  ];
  if (match.detectors.length > 0) parts.push(either(match.detectors.map((one) => DETECTORS[one])));
  if (match.owners.length > 0) parts.push(`owner ${either(match.owners)}`);
  if (match.workflows.length > 0) parts.push(`workflow ${either(match.workflows)}`);
  if (match.environments.length > 0) parts.push(`in ${either(match.environments)}`);
  parts.push(digestSecs === 0 ? 'at once' : `collected for ${spanText(digestSecs)}`);
  return parts.join(' · ');
}
