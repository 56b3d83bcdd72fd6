import { assertFound, judged, moved } from '@/lib/findings/assert-model';
import type { Found } from '@/lib/findings/model';
import type { EventFact, Picture } from '@/lib/findings/picture-model';

/** What issuers write when a one-time token comes a second time: Okta, Auth0, Keycloak, Entra, Ory, Duende. */
const REUSED =
  /detect_reuse|refresh[ _-]?token[ _-]?(?:was |has been )?(?:reuse|re-used|replay|already[ _-]?(?:used|redeemed|consumed))|reuse[ds]? refresh|token_reuse|maximum allowed refresh token reuse|stale token|already[ _-](?:been )?(?:used|redeemed|consumed).{0,20}(?:token|code|grant)|(?:code|grant|token).{0,30}already[ _-](?:been )?(?:used|redeemed|consumed)|AADSTS54005|\bferrt\b/i;

const says = (event: EventFact): boolean =>
  event.told.tags?.includes('refresh_token_reuse') === true ||
  REUSED.test(event.action) ||
  (event.outcome === 'failure' &&
    REUSED.test(['error', 'reason', 'message', 'detail'].map((name) => event.attributes[name] ?? '').join(' ')));

/** Retries and two tabs that refresh at once come this close, from the same address with the same client, ms. */
const RACE_MS = 30_000;

const isSame = (a: EventFact, b: EventFact): boolean =>
  a.network !== null && a.network === b.network && a.agent !== null && a.agent === b.agent;

/**
 * A client that races itself: every second presentation has a use of the family by the same address and client within half a
 * minute before it. Somebody with a copy who is both that quick and there is told at least low.
 */
const isRace = (reused: readonly EventFact[], uses: readonly EventFact[]): boolean =>
  reused.every((event) =>
    uses.some(
      (use) => use.outcome === 'success' && use.at <= event.at && event.at - use.at <= RACE_MS && isSame(use, event),
    ),
  );

/** A refresh token or one-time code presented a second time: its issuer says so, and only a copy can do that. */
export function detectTokenReuse(picture: Picture): Found[] {
  const seen = judged(picture).filter(says);
  const last = seen.at(-1);
  if (!last) return [];
  const families = new Map<string, EventFact[]>();
  for (const event of seen) {
    const family = event.sessionId ?? event.credential ?? 'identity';
    families.set(family, [...(families.get(family) ?? []), event]);
  }
  return [...families].map(([family, events]) => {
    const addresses = new Set(events.flatMap((event) => event.network ?? []));
    const before = picture.events.filter(
      (event) => event.sessionId === events[0]!.sessionId && !events.includes(event),
    );
    const elsewhere = events.some(
      (event) => event.network && before.length > 0 && before.every((other) => other.network !== event.network),
    );
    const race = isRace(events, before);
    return assertFound(picture, {
      detector: 'token-reuse',
      cause: `family:${family}`,
      severity: race ? 'low' : moved('high', elsewhere ? 1 : 0),
      title: 'A one-time token was presented again',
      summary: `${picture.identity.name}: ${events.length === 1 ? 'a token' : `${events.length} times a token`} that was used already was presented${addresses.size > 0 ? ` from ${[...addresses].slice(0, 3).join(', ')}` : ''}.`,
      reasons: [
        race
          ? 'Its issuer saw the same one-time token twice within half a minute, from one address and client: most likely a retry, or two tabs at once.'
          : 'Its issuer saw the same one-time token twice: there is a copy of it.',
        ...(elsewhere ? ['It came from a network the session had not been used from.'] : []),
      ],
      events,
      facts: { action: events[0]!.action },
    });
  });
}
