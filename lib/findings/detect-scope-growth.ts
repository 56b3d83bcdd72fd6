import { assertFound, bySession, renewalsOf } from '@/lib/findings/assert-model';
import type { Found } from '@/lib/findings/model';
import type { EventFact, LifeFact, Picture, SessionSpan } from '@/lib/findings/picture-model';

const POWERFUL =
  /(?:^|[^a-z])(?:admin|administrator|owner|root|sudo|super|full[_-]?control|fullaccess|write|manage|delete|impersonat\w*|all)(?:[^a-z]|$)|\*|readwrite/i;

export const scopesIn = (text: string | null | undefined): Set<string> =>
  new Set(
    (text ?? '')
      .toLowerCase()
      .split(/[\s,]+/)
      .filter(Boolean),
  );

/** One app of a sign-in has its own scope. A person's session holds many apps: without their names nothing can be compared. */
const appOf = (event: EventFact): string =>
  (['client', 'app', 'appId', 'clientId'].map((name) => event.attributes[name]).find((value) => value) as
    | string
    | undefined) ?? '';

interface Growth {
  added: string[];
  event: EventFact;
  /** It still holds all it held. */
  kept: boolean;
}

/** Scope that was added within a session, with no consent, no assurance and no new sign-in behind it. */
function growthOf(events: readonly EventFact[], from: number, human: boolean): Growth | null {
  const renewals = renewalsOf(events);
  const held = new Map<string, Set<string>>();
  for (const event of events) {
    const app = appOf(event);
    const had = held.get(app) ?? new Set<string>();
    held.set(app, had);
    for (const scope of scopesIn(event.told.consent?.scope)) had.add(scope);
    if (!event.told.scope || event.outcome === 'failure' || (human && app === '')) continue;
    const now = scopesIn(event.told.scope);
    const added = [...now].filter((scope) => !had.has(scope));
    // A refresh may hold less than was granted, never anything else; other words may be of another resource's token.
    const within = event.told.parent?.how === 'refresh' || /refresh[._-]?token/i.test(event.action);
    const grew = had.size > 0 && added.length > 0 && (within || [...had].every((scope) => now.has(scope)));
    const granted = event.told.consent || renewals.has(event.id);
    if (grew && event.at >= from && !granted && added.some((scope) => POWERFUL.test(scope)))
      return { added, event, kept: [...had].every((scope) => now.has(scope)) };
    for (const scope of now) had.add(scope);
  }
  return null;
}

const isItself = (picture: Picture, life: LifeFact): boolean =>
  life.byIdentityId === picture.identity.id &&
  picture.identity.names.some((name) => name.externalId.toLowerCase() === life.externalId.toLowerCase());

/**
 * A session whose scope grew by something powerful without a consent or a new sign-in (RFC 6749 section 6: a refresh grants
 * no more than was granted), or an identity that gave itself privilege (requirements E12).
 */
export function detectScopeGrowth(picture: Picture): Found[] {
  const found = [...bySession(picture)].flatMap(([id, events]) => {
    const session = picture.sessions.get(id);
    const growth = session ? growthOf(events, picture.from, picture.identity.kind === 'human') : null;
    return session && growth ? [grown(picture, session, growth)] : [];
  });
  const own = picture.lives.filter(
    (life) => life.what === 'privileged' && life.at >= picture.from && isItself(picture, life),
  );
  const acts = own.flatMap(
    (life) => picture.events.find((event) => event.id === life.eventId && event.outcome === 'success') ?? [],
  );
  if (acts.length > 0) found.push(raised(picture, acts));
  return found;
}

function grown(picture: Picture, session: SessionSpan, { added, event, kept }: Growth): Found {
  return assertFound(picture, {
    detector: 'scope-growth',
    cause: `session:${session.id}`,
    severity: 'high',
    title: 'Scope grew within a session',
    summary: `${picture.identity.name}: ${session.label} came to hold ${added.slice(0, 4).join(', ')} with no consent and no new sign-in.`,
    reasons: [
      kept ? 'What it held before it still holds, and more.' : 'Refreshing what it held gave it something else.',
      'A refresh may not grant more than was granted first.',
    ],
    events: [event],
    facts: { added: added.join(' ') },
  });
}

function raised(picture: Picture, events: EventFact[]): Found {
  return assertFound(picture, {
    detector: 'scope-growth',
    cause: 'own-privilege',
    severity: 'high',
    title: 'An identity gave itself privilege',
    summary: `${picture.identity.name} raised its own privilege: ${[...new Set(events.map((event) => event.action))].slice(0, 3).join(', ')}.`,
    reasons: ['Nobody else took part in it.', 'Whoever holds the session holds more than was given to the identity.'],
    events,
  });
}
