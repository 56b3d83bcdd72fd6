import type { EventFact, Picture, SessionSpan } from '@/lib/findings/picture-model';
import { type Apart, apart, areOtherClients, type Where, whereOf } from '@/lib/findings/where-model';

/** Whoever presents a session: a network and a client. */
export interface Presenter {
  where: Where;
  agent: string | null;
  events: EventFact[];
}

export interface Replayed {
  holder: Presenter;
  other: Presenter;
  how: Apart;
  client: boolean;
  /** One and the same client shows at both places: one host that moves or leaves by several addresses. */
  roams: boolean;
  /** The event that proves it. */
  by: EventFact;
}

const PRESENTERS_MOST = 32;
/** What one client is given for one sign-in. Keys, secrets and certificates are configured on many machines by design. */
const SINGULAR = new Set([
  'access_token',
  'assumed_role',
  'cookie',
  'id_token',
  'jwt',
  'refresh_token',
  'session',
  'ticket',
  'token',
]);

export const isSingularKind = (credentialKind: string): boolean => SINGULAR.has(credentialKind);

/**
 * One session or token that one client holds. The use of a shared key from two places says nothing until it is known what
 * is usual for it.
 */
export const isSingular = (session: SessionSpan): boolean =>
  session.kind !== 'database' &&
  (session.credentialKind === null ? session.observedBy !== 'inferred' : isSingularKind(session.credentialKind));

/** Credentials that a machine image or instance is given, and nobody else: `…/i-0dbc91f429e48eeed`. */
export const isOfInstance = (session: Pick<SessionSpan, 'key' | 'credentialKind'>): boolean =>
  /\/i-[0-9a-f]{8,17}(?:\s|$)/.test(session.key) || session.credentialKind === 'instance';

/** Networks and clients a session was presented by, in order of appearance, and what of it proves a second holder. */
export function replayOf(
  events: readonly EventFact[],
  picture: Picture,
  proves: (one: Omit<Replayed, 'by'>) => boolean,
  differ: typeof apart = apart,
): Replayed | null {
  const presenters: Presenter[] = [];
  let found: Replayed | null = null;
  for (const event of events) {
    const where = event.outcome === 'success' || event.class !== 'session' ? whereOf(event, picture.locate) : null;
    if (!where) continue;
    let mine = presenters.find(
      (one) => one.agent === event.agent && (one.where.address === where.address || differ(one.where, where) === null),
    );
    if (!mine) {
      if (presenters.length >= PRESENTERS_MOST) continue;
      mine = { where, agent: event.agent, events: [] };
      presenters.push(mine);
    }
    mine.events.push(event);
    if (found || event.at < picture.from) continue;
    for (const one of presenters) {
      const how = one === mine ? null : differ(one.where, mine.where);
      if (!how) continue;
      const [holder, other] = one.events[0]!.at <= mine.events[0]!.at ? [one, mine] : [mine, one];
      const client = areOtherClients(one.agent, mine.agent);
      const candidate = { holder, other, how, client, roams: roam(presenters, holder, other, differ) };
      if (proves(candidate)) found = { ...candidate, by: event };
    }
  }
  return found;
}

function roam(presenters: readonly Presenter[], holder: Presenter, other: Presenter, differ: typeof apart): boolean {
  const isAt = (one: Presenter, place: Presenter) =>
    one.where.address === place.where.address || differ(one.where, place.where) === null;
  return presenters.some(
    (one) =>
      one.agent !== null &&
      isAt(one, holder) &&
      presenters.some((two) => two.agent === one.agent && two !== one && isAt(two, other)),
  );
}

/** The first came back after the other had begun: both hold it, nobody moved. */
export const isInterleaved = ({ holder, other }: Pick<Replayed, 'holder' | 'other'>): boolean =>
  holder.events.at(-1)!.at > other.events[0]!.at && holder.events[0]!.at < other.events[0]!.at;

/** ` by aws-cli`, or nothing. */
export const byClient = ({ agent }: Presenter): string => (agent ? ` by ${agent}` : '');
