import { assertFound, moved } from '@/lib/findings/assert-model';
import { areUsualExits } from '@/lib/findings/exits-model';
import { isSingularKind } from '@/lib/findings/holders-model';
import type { Found } from '@/lib/findings/model';
import type { EventFact, Picture } from '@/lib/findings/picture-model';
import {
  type Credential,
  credentialsOf,
  type Holder,
  isAbroad,
  isTooFast,
  roams,
  type Turn,
  turnsOf,
} from '@/lib/findings/uses-model';
import { areOtherClients, whereText } from '@/lib/findings/where-model';

/** A token that turns up in more places is handed around by design. */
const PLACES_MOST = 3;
/** There, and back. */
const TURNS_LEAST = 2;

interface Shared {
  credential: Credential;
  holder: Holder;
  other: Holder;
  /** When it was certain, ms. */
  since: number;
}

const firstOf = ({ uses }: Holder): number => uses[0]!.first;

/**
 * Two who use one token at once: another country with another operator, another client, neither of which shows at the
 * other's place, and turns that nobody could travel. Gives the turns from the one on that made it certain; null: nothing is.
 */
function turnsOfTwo(picture: Picture, { holders }: Credential, a: Holder, b: Holder): Turn[] | null {
  if (!areOtherClients(a.agent, b.agent) || !isAbroad(a.where, b.where) || roams(holders, a, b)) return null;
  if (areUsualExits(picture, a, b)) return null;
  const turns = turnsOf(a, b).filter((turn) => isTooFast(a.where, b.where, turn));
  return turns.length < TURNS_LEAST ? null : turns.slice(TURNS_LEAST - 1);
}

function sharedOf(picture: Picture, credential: Credential): Shared | null {
  if (!isSingularKind(credential.kind) || credential.places > PLACES_MOST) return null;
  for (const [index, a] of credential.holders.entries())
    for (const b of credential.holders.slice(index + 1)) {
      const turns = turnsOfTwo(picture, credential, a, b);
      const [holder, other] = firstOf(a) <= firstOf(b) ? [a, b] : [b, a];
      if (turns && turns.at(-1)!.at >= picture.from) return { credential, holder, other, since: turns[0]!.at };
    }
  return null;
}

const sessionsOf = ({ uses }: Holder): string[] => [...new Set(uses.flatMap((use) => use.sessionIds))];

/**
 * One token that one client was given, used at two places at once by two who share nothing but it, whatever sessions that
 * makes. Not a key or secret: a pipeline and a service that both were configured with it look just the same.
 */
export function detectSharedToken(picture: Picture): Found[] {
  return credentialsOf(picture).flatMap((credential) => {
    const shared = sharedOf(picture, credential);
    return shared ? [told(picture, shared)] : [];
  });
}

/** What it stands on, of what the picture holds. */
const evidenceOf = (picture: Picture, { holder, other }: Shared): EventFact[] => {
  const ids = new Set([...holder.uses.slice(-1), ...other.uses].flatMap((use) => use.eventIds));
  return picture.events.filter(({ id }) => ids.has(id));
};

function told(picture: Picture, shared: Shared): Found {
  const { credential, holder, other, since } = shared;
  const hidden = holder.where.shared || other.where.shared;
  const found = assertFound(picture, {
    detector: 'replay',
    cause: `key:${credential.name}`.slice(0, 300),
    severity: moved(other.changes > 0 ? 'critical' : 'high', hidden ? -1 : 0),
    title: 'One token, two holders',
    summary: `${picture.identity.name}: the token ${credential.name} is used at ${whereText(holder.where)} by ${holder.agent} and at ${whereText(other.where)} by ${other.agent}, in turn.`,
    reasons: [
      `The client is another: ${holder.agent} and ${other.agent} share no product, and neither shows at the other’s place.`,
      'The two networks are in different countries and belong to different operators.',
      'It goes back and forth faster than anybody travels, so it was not handed over.',
      other.changes > 0
        ? `The second changed something ${other.changes === 1 ? 'once' : `${other.changes} times`}.`
        : 'The second only read.',
      ...(hidden ? ['One of the networks is a VPN, relay or shared exit, which lowers it.'] : []),
    ],
    events: evidenceOf(picture, shared),
    sessions: [...sessionsOf(holder), ...sessionsOf(other)],
    since,
    facts: { key: credential.name, held: whereText(holder.where), presented: whereText(other.where) },
  });
  return other.changes > 0 ? { ...found, impact: [...new Set([...(found.impact ?? []), 'change' as const])] } : found;
}
