import { assertFound, bySession } from '@/lib/findings/assert-model';
import { areUsualExits } from '@/lib/findings/exits-model';
import { byClient, isInterleaved, isOfInstance, type Replayed, replayOf } from '@/lib/findings/holders-model';
import type { Found } from '@/lib/findings/model';
import type { Picture, SessionSpan } from '@/lib/findings/picture-model';
import { apartByAddress, whereText } from '@/lib/findings/where-model';

/**
 * Within one operator's network an instance may leave by several addresses: there only a client that the instance does not
 * have, between two uses by the instance itself, was somebody else.
 */
function isElsewhere(picture: Picture, one: Omit<Replayed, 'by'>): boolean {
  const { client, how, holder, other, roams } = one;
  if (how === 'address') return client && !roams && isInterleaved(one) && !areUsualExits(picture, holder, other);
  return client || how === 'country' || how === 'asn' || isInterleaved(one);
}

/** Credentials of an instance used from another network than the instance's, or beside it by another client. */
export function detectInstanceCredentials(picture: Picture): Found[] {
  return [...bySession(picture)].flatMap(([id, events]) => {
    const session = picture.sessions.get(id);
    if (!session || !isOfInstance(session)) return [];
    const stolen = replayOf(events, picture, (one) => isElsewhere(picture, one), apartByAddress);
    return stolen ? [taken(picture, session, stolen)] : [];
  });
}

function taken(picture: Picture, session: SessionSpan, { holder, other, client, by }: Replayed): Found {
  return assertFound(picture, {
    detector: 'instance-credentials',
    cause: `session:${session.id}`,
    severity: 'critical',
    title: 'Instance credentials used outside the instance',
    summary: `${picture.identity.name}: credentials of the instance at ${whereText(holder.where)}${byClient(holder)} were used from ${whereText(other.where)}${byClient(other)}.`,
    reasons: [
      'Credentials of an instance role never leave the instance by themselves: somebody read them there.',
      ...(client ? [`The client is another: ${holder.agent} and ${other.agent}.`] : []),
      `${other.events.length === 1 ? 'One call' : `${other.events.length} calls`} from outside: ${[...new Set(other.events.map((event) => event.action))].slice(0, 4).join(', ')}.`,
    ],
    events: [holder.events.at(-1)!, ...other.events].sort((a, b) => a.at - b.at),
    since: by.at,
    facts: { instance: whereText(holder.where), outside: whereText(other.where) },
  });
}
