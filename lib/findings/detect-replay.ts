import { assertFound, bySession, moved } from '@/lib/findings/assert-model';
import { areUsualExits } from '@/lib/findings/exits-model';
import {
  byClient,
  isInterleaved,
  isOfInstance,
  isSingular,
  type Replayed,
  replayOf,
} from '@/lib/findings/holders-model';
import type { Found, Severity } from '@/lib/findings/model';
import type { Picture, SessionSpan } from '@/lib/findings/picture-model';
import { type Apart, isScript, leavesZone, whereText } from '@/lib/findings/where-model';
import { isBrowser } from '@/lib/sessions/agent-model';

/**
 * Whether two presenters of one session are two holders. A person moves, changes to another network and runs several
 * programs in one sign-in: command lines that follow one another, or that show at both places, are one computer that moved.
 * A workload does none of this in a session of its own. Without a place or operator that differs, two addresses prove
 * nothing alone: egress has many. Nor do two that a machine's identity is known to leave by, with the same client.
 */
function isSecondHolder(picture: Picture, one: Omit<Replayed, 'by'>): boolean {
  const { client, how, holder, other, roams } = one;
  const left = leavesZone(holder.where, other.where) || leavesZone(other.where, holder.where);
  if (picture.identity.kind !== 'human')
    return (
      (client && !(how === 'prefix' && roams)) ||
      (isInterleaved(one) &&
        (left || how === 'country' || how === 'asn' || isSilent(one)) &&
        !areUsualExits(picture, holder, other))
    );
  if (!client) return false;
  if (isBrowser(holder.agent)) return how === 'country' || isBrowser(other.agent) || isScript(other.agent);
  const tools = isScript(holder.agent) || isScript(other.agent);
  return (how === 'country' || tools) && isInterleaved(one) && !roams;
}

/** A token of one process, inside and outside at once, where nothing tells which client it was. */
const isSilent = ({ how, holder, other }: Omit<Replayed, 'by'>): boolean =>
  how === 'inside' && holder.agent === null && other.agent === null;

/** One session, token or ticket presented from two networks by two holders. */
export function detectReplay(picture: Picture): Found[] {
  return [...bySession(picture)].flatMap(([id, events]) => {
    const session = picture.sessions.get(id);
    if (!session || !isSingular(session) || isOfInstance(session)) return [];
    const replayed = replayOf(events, picture, (one) => isSecondHolder(picture, one));
    return replayed ? [told(picture, session, replayed)] : [];
  });
}

function told(picture: Picture, session: SessionSpan, { holder, other, how, client, by }: Replayed): Found {
  const changed = other.events.some((event) => event.class === 'change' || event.class === 'export');
  const base: Severity = changed ? 'critical' : 'high';
  const outside = leavesZone(holder.where, other.where);
  return assertFound(picture, {
    detector: 'replay',
    cause: `session:${session.id}`,
    severity: moved(base, (outside ? 1 : 0) - (other.where.shared || holder.where.shared ? 1 : 0)),
    title: 'One session, two holders',
    summary: `${picture.identity.name}: ${session.label} was held at ${whereText(holder.where)}${byClient(holder)} and presented from ${whereText(other.where)}${byClient(other)}.`,
    reasons: [
      ...(client ? [`The client is another: ${holder.agent} and ${other.agent} share no product.`] : []),
      ...(isInterleaved({ holder, other })
        ? ['The first holder went on after the second had begun, so it was not handed over.']
        : []),
      apartText(how),
      ...(outside ? [`Its holder is in the trusted zone ${holder.where.zone}; the other is in none.`] : []),
      ...(changed ? ['The second holder changed or took something.'] : []),
      ...(other.where.shared || holder.where.shared
        ? ['One of the networks is a VPN, relay or shared exit, which lowers it.']
        : []),
    ],
    events: [holder.events.at(-1)!, ...other.events].sort((a, b) => a.at - b.at),
    since: by.at,
    facts: {
      ...(outside ? { zone: 'outside' } : {}),
      held: whereText(holder.where),
      presented: whereText(other.where),
      ...(session.credential ? { credential: session.credential } : {}),
    },
  });
}

const apartText = (how: Apart): string =>
  ({
    country: 'The two networks are in different countries.',
    asn: 'The two networks belong to different operators.',
    inside: 'One network is private, the other is not.',
    prefix: 'The two networks have nothing in common.',
    address: 'The two addresses are different.',
  })[how];
