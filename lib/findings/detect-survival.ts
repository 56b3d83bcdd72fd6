import { assertFound, judged } from '@/lib/findings/assert-model';
import { counted, spanText } from '@/lib/findings/format';
import type { Found, Severity } from '@/lib/findings/model';
import type { EventFact, LifeFact, Picture, SessionSpan } from '@/lib/findings/picture-model';

/** What was under way when the end came may still be logged for so long, ms. */
const GRACE_MS = 10_000;
const DEAD = new Set<LifeFact['what']>(['disabled', 'deleted', 'revoked', 'expired']);
const WORDS: Record<string, string> = {
  disabled: 'disabled',
  deleted: 'deleted',
  revoked: 'revoked',
  expired: 'said to have expired',
  rotated: 'rotated',
};

/** The last word on each thing before an event. */
function endsOf(lives: readonly LifeFact[]): LifeFact[] {
  return lives.filter((life) => DEAD.has(life.what) || life.what === 'rotated');
}

/** Brought back to life between its end and `at`. */
const isBack = (life: LifeFact, lives: readonly LifeFact[], at: number): boolean =>
  lives.some(
    (other) =>
      other.externalId === life.externalId &&
      (other.what === 'enabled' || other.what === 'created') &&
      other.at >= life.at &&
      other.at <= at,
  );

const isOf = (picture: Picture, life: LifeFact): boolean =>
  picture.identity.names.some((name) => name.externalId.toLowerCase() === life.externalId.toLowerCase());

/** Whether an event uses what has ended. Of what was rotated, only sessions that began before it are old. */
function uses(picture: Picture, life: LifeFact, event: EventFact): boolean {
  const session = event.sessionId ? picture.sessions.get(event.sessionId) : undefined;
  const itself = event.id === life.eventId;
  // A close is the end arriving, not a use.
  if (itself || event.told.phase === 'close' || event.at <= life.at + GRACE_MS) return false;
  if (life.what === 'rotated' || (life.of === 'identity' && life.what === 'revoked'))
    return isOldSession(picture, life, event, session);
  if (life.of === 'credential') return event.credential === life.externalId;
  if (life.of === 'session') return session?.key === life.externalId;
  return isOf(picture, life);
}

/** Began before, goes on after, and is not the session that made the change. Sign-ins are new sessions' business. */
function isOldSession(picture: Picture, life: LifeFact, event: EventFact, session: SessionSpan | undefined): boolean {
  if (!session || session.id === life.bySessionId || session.from >= life.at || event.class === 'session') return false;
  if (session.kind === 'database' && event.class !== 'change' && event.class !== 'export') return false;
  return life.of === 'identity'
    ? isOf(picture, life)
    : session.credential === life.externalId || event.credential === life.externalId;
}

/**
 * A credential, session or identity that was rotated, disabled, deleted or revoked, and is used all the same; or that is
 * dead and presented again (requirements D7, D8, D10). A key that was deleted and is not used again is none.
 */
export function detectSurvival(picture: Picture): Found[] {
  const events = judged(picture);
  const all = [...picture.events];
  const found: Found[] = [];
  const told = new Set<string>();
  for (const life of endsOf(picture.lives)) {
    const cause = `${life.of}:${life.externalId}:${life.what}`;
    const mine = (life.at >= picture.from ? all : events).filter(
      (event) => uses(picture, life, event) && !isBack(life, picture.lives, event.at),
    );
    const lived = mine.filter((event) => event.outcome === 'success');
    const dead =
      DEAD.has(life.what) && life.of !== 'identity' ? mine.filter((event) => event.outcome === 'failure') : [];
    if (told.has(cause) || lived.length + dead.length === 0) continue;
    told.add(cause);
    found.push(lived.length > 0 ? survived(picture, life, lived) : presented(picture, life, dead));
  }
  return found;
}

const shownName = (life: LifeFact): string =>
  life.of === 'identity' ? 'the identity' : `${life.of} ${life.externalId.slice(0, 40)}`;

function survived(picture: Picture, life: LifeFact, events: EventFact[]): Found {
  const changed = events.some((event) => event.class === 'change' || event.class === 'export');
  const severity: Severity = life.what === 'rotated' ? (changed ? 'high' : 'medium') : changed ? 'critical' : 'high';
  const after = spanText(events[0]!.at - life.at);
  return assertFound(picture, {
    detector: 'survival',
    cause: `${life.of}:${life.externalId}:${life.what}`,
    severity,
    title: `${life.what === 'rotated' ? 'Rotated' : WORDS[life.what]!.replace(/^./, (c) => c.toUpperCase())}, and yet it lives`,
    summary: `${picture.identity.name}: ${shownName(life)} was ${WORDS[life.what]}, and ${life.what === 'rotated' ? 'a session from before' : 'it'} was used ${after} later (${counted(events.length, 'event')}).`,
    reasons: [
      life.what === 'rotated'
        ? 'Rotation did not end what had been opened with the old secret.'
        : `What was ${WORDS[life.what]} still works: the end has not arrived everywhere.`,
      ...(changed ? ['It changed or took something afterwards.'] : []),
    ],
    events,
    facts: { ended: new Date(life.at).toISOString(), 'first use after': after },
  });
}

function presented(picture: Picture, life: LifeFact, events: EventFact[]): Found {
  const known = new Set(
    picture.events
      .filter((event) => event.at <= life.at && event.credential === life.externalId)
      .map((event) => event.network),
  );
  const elsewhere = events.some((event) => event.network && known.size > 0 && !known.has(event.network));
  return assertFound(picture, {
    detector: 'dead-token',
    cause: `${life.of}:${life.externalId}`,
    severity: elsewhere ? 'high' : 'low',
    title: 'A dead credential is presented again',
    summary: `${picture.identity.name}: ${shownName(life)} was ${WORDS[life.what]} and has been presented ${counted(events.length, 'time')} since; all were refused.`,
    reasons: [
      'It was refused, and somebody or something still holds it.',
      elsewhere
        ? 'It came from a network it had not been used from.'
        : 'It came from where it was used before: most likely a client nobody told.',
    ],
    events,
    facts: { ended: new Date(life.at).toISOString() },
  });
}
