import { assertFound, bySession } from '@/lib/findings/assert-model';
import { counted, spanText } from '@/lib/findings/format';
import type { Found } from '@/lib/findings/model';
import type { EventFact, Picture, SessionSpan } from '@/lib/findings/picture-model';

/** Clocks of two systems may differ by this, ms. */
const SKEW_MS = 60_000;

interface Term {
  what: 'approval' | 'lifetime';
  until: number;
}

const RENEWS = /renew|refresh|extend|keepalive|rotate/i;

/**
 * What renews the session itself: a refresh, or a success that a source tells as the session's own (Vault writes renewals of
 * a token as reads and changes under `auth/token/renew`). `RefreshSchemas` renews something else.
 */
const renews = ({ action, class: kind, outcome, told }: EventFact): boolean =>
  outcome === 'success' &&
  (told.parent?.how === 'refresh' ||
    (kind === 'session' && RENEWS.test(action)) ||
    /(?:^|\/)auth\/token\/renew|sys\/leases\/renew/i.test(action));

/** What a session was given for, as far as it is told: the latest term counts, as terms are renewed. */
function termsOf(session: SessionSpan, events: readonly EventFact[]): Term[] {
  const approval = Math.max(
    session.consentUntil ?? 0,
    ...events.map(({ told }) => Date.parse(told.consent?.until ?? '') || 0),
  );
  const renewed = events.some(renews);
  const life = renewed ? 0 : Math.max(0, ...events.map(({ told }) => Date.parse(told.expiresAt ?? '') || 0));
  return [
    ...(approval > 0 ? [{ what: 'approval' as const, until: approval }] : []),
    ...(life > 0 ? [{ what: 'lifetime' as const, until: life }] : []),
  ];
}

/**
 * A session that is used past the end of its approval or its own lifetime (requirements C4, C10). A token that was renewed
 * beyond its first term is none: whoever renews it may.
 */
export function detectOutlived(picture: Picture): Found[] {
  return [...bySession(picture)].flatMap(([id, events]) => {
    const session = picture.sessions.get(id);
    if (!session) return [];
    for (const { what, until } of termsOf(session, events)) {
      const after = events.filter(
        (event) =>
          event.at >= picture.from &&
          event.at > until + SKEW_MS &&
          event.outcome === 'success' &&
          event.class !== 'session',
      );
      if (after.length > 0) return [told(picture, session, { what, until }, after)];
    }
    return [];
  });
}

function told(picture: Picture, session: SessionSpan, { what, until }: Term, events: EventFact[]): Found {
  const changed = events.some((event) => event.class === 'change' || event.class === 'export');
  return assertFound(picture, {
    detector: 'outlived',
    cause: `session:${session.id}:${what}`,
    severity: what === 'approval' || changed ? 'high' : 'medium',
    title: what === 'approval' ? 'Session goes on beyond its approval' : 'Session goes on beyond its lifetime',
    summary: `${picture.identity.name}: ${session.label} had ${what === 'approval' ? 'approval' : 'a lifetime'} until ${new Date(until).toISOString().slice(0, 19)}Z and did ${counted(events.length, 'thing')} after it, the first ${spanText(events[0]!.at - until)} later.`,
    reasons: [
      what === 'approval'
        ? 'What was approved has ended; nobody has approved what was done since.'
        : 'Nothing is known that renewed it, so its end is not enforced.',
      ...(changed ? ['It changed or took something afterwards.'] : []),
    ],
    events,
    facts: { until: new Date(until).toISOString() },
  });
}
