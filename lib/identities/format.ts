import { numberWord, plural, spanText } from '@/lib/exposures/format';
import type { IdentityRow } from '@/lib/identities/model';
import type { Concurrency } from '@/lib/sessions/model';

const ORDINALS = 'zeroth first second third fourth fifth sixth seventh eighth ninth tenth'.split(' ');
const ordinal = (n: number): string => ORDINALS[n] ?? 'latest';

/** `service_account` → `service account`; AI and CI keep their capitals. */
export const kindText = (kind: string): string =>
  ({ ai_agent: 'AI agent', ci_pipeline: 'CI pipeline', api_key: 'API key', oauth_app: 'OAuth app' })[kind] ??
  kind.replaceAll('_', ' ');

const ago = (iso: string, nowMs: number): string => {
  const seconds = Math.max((nowMs - Date.parse(iso)) / 1000, 0);
  return seconds < 1 ? 'just now' : `${spanText(seconds)} ago`;
};

function newest(lanes: Concurrency['lanes'], live: number, nowMs: number): string {
  const last = lanes.find((lane) => lane.endedAt === null);
  if (!last) return '';
  const place = last.region ?? last.network;
  const which = live === 1 ? 'it' : `the ${ordinal(live)}`;
  return `; ${which} ${place ? `came from ${place}` : 'opened'} ${ago(last.startedAt, nowMs)}`;
}

/**
 * What an identity's page says first, to be read after its name: "runs four sessions at once where two are allowed; the
 * fourth came from us-east 6 minutes ago." `nowMs` is the instant the figures are of.
 */
export function identitySentence(
  identity: Pick<IdentityRow, 'state' | 'liveSessions' | 'concurrencyLimit' | 'lastSeenAt' | 'sessionCount'>,
  lanes: Concurrency['lanes'],
  nowMs: number,
): string {
  const { state, liveSessions: live, concurrencyLimit: limit, lastSeenAt, sessionCount } = identity;
  const sessions = `${numberWord(live)} ${plural(live, 'session')}`;
  if (state !== 'active')
    return live === 0
      ? `is ${state}; no session of it lives.`
      : `is ${state}; ${sessions} still ${plural(live, 'lives', 'live')}.`;
  if (live === 0 && sessionCount === 0) return 'has never been seen in a session.';
  if (live === 0) return `has no live session${lastSeenAt ? `; it was last seen ${ago(lastSeenAt, nowMs)}` : ''}.`;
  const runs = `runs ${sessions}${live > 1 ? ' at once' : ''}`;
  if (limit === null) return `${runs}; nobody has said how many it may run.`;
  if (live > limit)
    return `${runs} where ${numberWord(limit)} ${plural(limit, 'is', 'are')} allowed${newest(lanes, live, nowMs)}.`;
  return `${runs} of ${numberWord(limit)} allowed${newest(lanes, live, nowMs)}.`;
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
