import { leftText, numberWord, plural, spanText } from '@/lib/exposures/format';
import type { IdentityRow } from '@/lib/identities/model';
import type { Newest } from '@/lib/identities/standing-model';
import type { Unproven } from '@/lib/revocations/unproven/model';

const ORDINALS = 'zeroth first second third fourth fifth sixth seventh eighth ninth tenth'.split(' ');
const ordinal = (n: number): string => ORDINALS[n] ?? 'latest';

/** `service_account` → `service account`; AI and CI keep their capitals. */
export const kindText = (kind: string): string =>
  ({ ai_agent: 'AI agent', ci_pipeline: 'CI pipeline', api_key: 'API key', oauth_app: 'OAuth app' })[kind] ??
  kind.replaceAll('_', ' ');

/** Beyond this a date says more than a number of days. */
const MONTHS = 60 * 86_400;
const DATE = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' });

const ago = (iso: string, nowMs: number): string => {
  const seconds = Math.max((nowMs - Date.parse(iso)) / 1000, 0);
  if (seconds > MONTHS) return `on ${DATE.format(Date.parse(iso))}`;
  return seconds < 1 ? 'just now' : `${spanText(seconds)} ago`;
};

function newestText(newest: Newest | null, live: number, nowMs: number): string {
  if (!newest) return '';
  const place = newest.region ?? newest.network;
  const which = live === 1 ? 'it' : `the ${ordinal(live)}`;
  return `; ${which} ${place ? `came from ${place}${/\d$/.test(place) ? ',' : ''}` : 'opened'} ${ago(newest.startedAt, nowMs)}`;
}

/** What follows "is revoked" where that is not the whole truth. */
function unprovenText({ state, systems, left, until }: Unproven, nowMs: number): string {
  const where = systems.length > 2 ? `${numberWord(systems.length)} systems` : systems.join(' and ') || 'its systems';
  if (state === 'regrown') return ', but its access came back.';
  if (state === 'failed') return ` at the decision point, but not in ${where}: it failed there.`;
  if (left > 0) {
    const end = until ? `, for ${leftText((Date.parse(until) - nowMs) / 1000)} yet` : '';
    return `, but ${numberWord(left)} ${plural(left, 'thing')} that ${plural(left, 'was', 'were')} issued before still ${plural(left, 'lives', 'live')}${end}.`;
  }
  if (state === 'unverifiable') return `; nobody could prove it in ${where}.`;
  return `; in ${where} it is not proven yet.`;
}

/**
 * What an identity's page says first, to be read after its name: "runs four sessions at once where two are allowed; the
 * fourth came from us-east 6 minutes ago." `nowMs` is the instant the figures are of.
 */
export function identitySentence(
  identity: Pick<IdentityRow, 'state' | 'liveSessions' | 'concurrencyLimit' | 'lastSeenAt' | 'sessionCount'>,
  newest: Newest | null,
  nowMs: number,
  open: Unproven | null = null,
): string {
  const { state, liveSessions: live, concurrencyLimit: limit, lastSeenAt, sessionCount } = identity;
  const sessions = `${numberWord(live)} ${plural(live, 'session')}`;
  if (state !== 'active')
    return live === 0
      ? `is ${state}${open ? unprovenText(open, nowMs) : '; no session of it lives.'}`
      : `is ${state}; ${sessions} still ${plural(live, 'lives', 'live')}.`;
  if (live === 0 && sessionCount === 0) return 'has never been seen in a session.';
  if (live === 0) return `has no live session${lastSeenAt ? `; it was last seen ${ago(lastSeenAt, nowMs)}` : ''}.`;
  const runs = `runs ${sessions}${live > 1 ? ' at once' : ''}`;
  if (limit === null) return `${runs}; nobody has said how many it may run.`;
  if (live > limit)
    return `${runs} where ${numberWord(limit)} ${plural(limit, 'is', 'are')} allowed${newestText(newest, live, nowMs)}.`;
  return `${runs} of ${numberWord(limit)} allowed${newestText(newest, live, nowMs)}.`;
}

/** The six tests of coverage, in words. */
export const TEST_WORDS: Record<string, string> = {
  owner: 'owner unknown',
  purpose: 'purpose unknown',
  credentials: 'credentials not listed',
  lastUse: 'last use unknown',
  sessions: 'sessions not observable',
  revocation: 'revocation path not proven',
};
