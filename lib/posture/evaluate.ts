import { type Check, DAYS, type Posture, type PostureFacts, type Reach, type Tile } from '@/lib/posture/model';

const DAY = 86_400_000;
const HOUR = 3_600_000;
const MOST = 20;
/** A secret older than this is due: what most rotation policies ask for. */
const ROTATE_DAYS = 90;
/** Nobody attested the owner or used it for so long: it may have outlived its purpose. */
const STALE_DAYS = 90;

const plural = (n: number, one: string): string => `${n} ${one}${n === 1 ? '' : 's'}`;
const daysSince = (at: string, now: string): number => Math.floor((Date.parse(now) - Date.parse(at)) / DAY);

function lasting(ms: number): string {
  if (ms < 90_000) return `${Math.round(ms / 1000)} s`;
  if (ms < 90 * 60_000) return `${Math.round(ms / 60_000)} min`;
  return ms < 2 * DAY ? `${Math.round(ms / HOUR)} h` : `${Math.round(ms / DAY)} d`;
}

/** 0 at `low` or less, 20 at `high` or more, between them by the logarithm: ten times longer is not ten times worse. */
export function between(value: number, low: number, high: number): number {
  if (value <= low) return 0;
  if (value >= high) return MOST;
  return Math.round((MOST * Math.log(value / low)) / Math.log(high / low));
}

function visibility(facts: PostureFacts): Tile {
  const { visibility: level, visibilityAt } = facts;
  return {
    name: 'visibility',
    value: level === null ? 'not judged yet' : `${level} of 6`,
    at: visibilityAt,
    atOf: 'last assessed',
    why:
      level === null
        ? 'The weekly report judges it; one can be taken now.'
        : 'Tests of full visibility passed: owner, purpose, credentials, last use, live sessions, revocation.',
    tone: level === null ? 'unknown' : level >= 5 ? 'good' : level >= 3 ? 'warn' : 'bad',
  };
}

/** From when it was first seen to its end, in begun days; 0: it has none. */
const livesDays = ({ firstSeenAt, expiresAt }: PostureFacts['credentials'][number]): number =>
  expiresAt === null ? 0 : Math.max(1, Math.ceil((Date.parse(expiresAt) - Date.parse(firstSeenAt)) / DAY));

function rotation(facts: PostureFacts, now: string): Tile {
  const base = { name: 'rotation' as const, atOf: 'oldest first seen' };
  const [oldest] = [...facts.credentials].sort((a, b) => (a.firstSeenAt < b.firstSeenAt ? -1 : 1));
  if (!oldest) return { ...base, value: 'no credential known', at: null, why: 'No system lists one.', tone: 'unknown' };
  const days = daysSince(oldest.firstSeenAt, now);
  const endless = facts.credentials.filter((one) => one.expiresAt === null).length;
  const longest = Math.max(0, ...facts.credentials.map(livesDays));
  const ends = longest > 0 ? `, ${endless > 0 ? 'of the others ' : ''}the longest after ${plural(longest, 'day')}` : '';
  const due = days >= ROTATE_DAYS;
  return {
    ...base,
    value: days === 0 ? 'oldest: today' : `oldest ${plural(days, 'day')}`,
    at: oldest.firstSeenAt,
    why: `${plural(facts.credentials.length, 'credential')} in use, ${endless === 0 ? 'each with an end' : `${endless} without an end`}${ends}. Age is counted from when Braid first saw it: the true one may be higher.`,
    tone: due && endless > 0 ? 'bad' : due || endless > 0 ? 'warn' : 'good',
  };
}

function lifecycle(facts: PostureFacts, now: string): Tile {
  const unused = facts.lastSeenAt === null || daysSince(facts.lastSeenAt, now) >= STALE_DAYS;
  const attested = facts.ownerAttestedAt !== null && daysSince(facts.ownerAttestedAt, now) < STALE_DAYS;
  const missing = [facts.owner ? null : 'an owner', facts.purpose ? null : 'a purpose'].filter((one) => one !== null);
  const value = unused ? 'unused' : missing.length ? 'nobody’s' : attested ? 'owned and attested' : 'owned';
  const use = facts.lastSeenAt
    ? `${daysSince(facts.lastSeenAt, now) === 0 ? 'Used today' : `Last used ${plural(daysSince(facts.lastSeenAt, now), 'day')} ago`}.`
    : 'No use was ever seen.';
  return {
    name: 'lifecycle',
    value,
    at: facts.ownerAttestedAt ?? facts.lastSeenAt,
    atOf: facts.ownerAttestedAt ? 'owner attested' : 'last used',
    why: `${use} ${missing.length ? `It has not ${missing.join(' and ')}.` : attested ? 'Its owner stands by it.' : 'Nobody attested its owner within 90 days.'}`,
    tone: unused ? 'bad' : missing.length ? 'warn' : attested ? 'good' : 'warn',
  };
}

function overlapping({ peak, peakAt, concurrencyLimit: limit, sessions }: PostureFacts): Check {
  const name = 'overlapping sessions without limit' as const;
  if (limit !== null) return { name, pass: true, why: `At most ${limit} at once are allowed.`, at: peakAt };
  if (sessions === 0) return { name, pass: null, why: `No session within ${DAYS} days.`, at: null };
  return peak < 2
    ? { name, pass: true, why: 'Never two at once, and no limit is set.', at: peakAt }
    : { name, pass: false, why: `${peak} at once, and nothing limits how many there may be.`, at: peakAt };
}

function revocation({ systems, proven }: PostureFacts): Check {
  const name = 'revocation' as const;
  const unable = systems.filter((system) => !system.revokes).map((system) => system.name);
  const at = proven?.at ?? null;
  if (systems.length === 0) return { name, pass: false, why: 'No connected system can end its access.', at };
  if (unable.length > 0) return { name, pass: false, why: `Can’t be ended: ${unable.join(', ')}.`, at };
  if (!proven) return { name, pass: false, why: 'It can be ended, which nothing has proven within 90 days.', at };
  const how = proven.own ? 'Proven on itself' : 'Proven through the same systems';
  return { name, pass: true, why: `${how}, verified after ${lasting(proven.ms)}.`, at };
}

function binding({ sessions, bound, lastBoundAt }: PostureFacts): Check {
  const name = 'device binding' as const;
  if (sessions === 0) return { name, pass: null, why: `No session within ${DAYS} days.`, at: null };
  const why =
    bound === sessions
      ? `All ${plural(sessions, 'session')} are bound to a key, device or runtime.`
      : `${sessions - bound} of ${plural(sessions, 'session')} are bound to nothing: a copied token works from anywhere.`;
  return { name, pass: bound === sessions, why, at: lastBoundAt };
}

const unmeasured = (name: Reach['name'], why: string): Reach => ({
  name,
  points: MOST,
  measured: false,
  value: 'not measured',
  why,
});

function lifetime({ lastedMs }: PostureFacts): Reach {
  const name = 'session lifetime' as const;
  if (lastedMs === null) return unmeasured(name, `No session within ${DAYS} days.`);
  const points = between(lastedMs, 5 * 60_000, DAY);
  return {
    name,
    points,
    measured: true,
    value: lasting(lastedMs),
    why: '95 of 100 sessions last at most so long. 5 min or less: 0; a day or more: 20.',
  };
}

function reauthentication({ sessions, long, renewed }: PostureFacts): Reach {
  const name = 'reauthentication triggers' as const;
  if (sessions === 0) return unmeasured(name, `No session within ${DAYS} days.`);
  if (long === 0)
    return { name, points: 0, measured: true, value: 'not needed', why: 'No session lasts over an hour.' };
  return {
    name,
    points: Math.round((MOST * (long - renewed)) / long),
    measured: true,
    value: `${renewed} of ${long}`,
    why: 'Sessions over an hour that had to prove themselves again.',
  };
}

function tokenBinding({ sessions, bound }: PostureFacts): Reach {
  const name = 'token binding' as const;
  if (sessions === 0) return unmeasured(name, `No session within ${DAYS} days.`);
  return {
    name,
    points: Math.round((MOST * (sessions - bound)) / sessions),
    measured: true,
    value: `${bound} of ${sessions}`,
    why: 'Sessions bound to a key, device or runtime.',
  };
}

/** A scope word is used where an action it names, or whose first part it is, was done. `*` names everything. */
const isUsed = (scope: string, actions: readonly string[]): boolean => {
  const words = scope.toLowerCase().split(/[^a-z0-9]+/);
  return actions.some((action) => {
    const parts = action.toLowerCase().split(/[^a-z0-9]+/);
    return words.filter(Boolean).some((word) => parts.includes(word));
  });
};

function consentScope({ sessions, scopes, scoped, actions }: PostureFacts): Reach {
  const name = 'consent scope' as const;
  if (sessions === 0) return unmeasured(name, `No session within ${DAYS} days.`);
  if (scoped === 0)
    return unmeasured(name, 'No source tells what it was granted: everything its credential may do is in reach.');
  if (scopes.some((scope) => /^\*|[:./]\*$/.test(scope)))
    return { name, points: MOST, measured: true, value: 'everything', why: 'A scope that names everything.' };
  const unused = scopes.filter((scope) => !isUsed(scope, actions));
  const bare = (sessions - scoped) / sessions;
  const idle = scopes.length === 0 ? 0 : unused.length / scopes.length;
  return {
    name,
    points: Math.round(MOST * Math.max(bare, idle)),
    measured: true,
    value: `${scopes.length - unused.length} of ${scopes.length} used`,
    why: unused.length
      ? `Granted and not used in ${DAYS} days: ${unused.slice(0, 5).join(', ')}.`
      : bare > 0
        ? `${sessions - scoped} of ${plural(sessions, 'session')} came without a scope.`
        : 'What was granted is what is used.',
  };
}

function speed({ systems, proven }: PostureFacts): Reach {
  const name = 'revocation speed' as const;
  if (systems.some((system) => !system.revokes) || systems.length === 0)
    return unmeasured(name, 'There is a system in which its access can’t be ended.');
  if (!proven) return unmeasured(name, 'Its end was never measured: hold a drill.');
  return {
    name,
    points: between(proven.ms, 1_000, HOUR),
    measured: true,
    value: lasting(proven.ms),
    why: `From the click until a probe proved it${proven.own ? '' : ', through the same systems'}. 1 s or less: 0; an hour or more: 20.`,
  };
}

/** Judges what is known. Pure: `now` is ISO. */
export function evaluate(identityId: string, facts: PostureFacts, now: string): Posture {
  const inputs = [lifetime(facts), reauthentication(facts), tokenBinding(facts), consentScope(facts), speed(facts)];
  return {
    identityId,
    tiles: [visibility(facts), rotation(facts, now), lifecycle(facts, now)],
    checks: [overlapping(facts), revocation(facts), binding(facts)],
    reach: { score: inputs.reduce((sum, one) => sum + one.points, 0), inputs },
    days: DAYS,
  };
}
