import { assertFound, moved } from '@/lib/findings/assert-model';
import { leastKm } from '@/lib/findings/countries-model';
import { areUsualExits } from '@/lib/findings/exits-model';
import { spanText } from '@/lib/findings/format';
import { isSingular } from '@/lib/findings/holders-model';
import type { Found } from '@/lib/findings/model';
import type { EventFact, Picture, SessionSpan } from '@/lib/findings/picture-model';
import { isScript, type Where, whereOf, whereText } from '@/lib/findings/where-model';

/** Faster than any airliner, km/h. */
const FASTEST_KMH = 1000;

interface Step {
  from: { event: EventFact; where: Where };
  to: { event: EventFact; where: Where };
  km: number;
  hours: number;
}

const isPossible = (step: Step): boolean => step.km === 0 || step.km <= step.hours * FASTEST_KMH;

/** A role of single sign-on is a whole team's: one of them is told by the name in front of its session's time. */
const personOf = (session: SessionSpan | undefined): string =>
  /^arn:[^ ]*:assumed-role\/\S+/.exec(session?.key ?? '')?.[0] ?? 'person';

/**
 * Journeys nobody can make, in the order of time. What counts as one traveller: a human identity as a whole; of any other,
 * each session for itself, as a workload may run in many places at once; so does a person's script on another host. Between
 * networks by which a machine's identity is known to leave, nobody travelled.
 */
function journeysOf(picture: Picture): Step[] {
  const human = picture.identity.kind === 'human';
  const last = new Map<string, { event: EventFact; where: Where }>();
  const steps: Step[] = [];
  for (const event of picture.events) {
    if (event.outcome === 'failure') continue;
    const session = event.sessionId ? picture.sessions.get(event.sessionId) : undefined;
    if (human ? session && !isSingular(session) : !session || !isSingular(session)) continue;
    const where = whereOf(event, picture.locate);
    if (!where?.country) continue;
    const traveller = human && !isScript(event.agent) ? personOf(session) : (event.sessionId ?? 'person');
    const before = last.get(traveller);
    last.set(traveller, { event, where });
    if (!before || event.at < picture.from || before.where.country === where.country) continue;
    const step = {
      from: before,
      to: { event, where },
      km: leastKm(before.where.country!, where.country),
      hours: (event.at - before.event.at) / 3_600_000,
    };
    const ends = [step.from, step.to].map(({ event, where }) => ({ where, agent: event.agent }));
    if (!isPossible(step) && !areUsualExits(picture, ends[0]!, ends[1]!)) steps.push(step);
  }
  return steps;
}

/** Seen in two countries faster than anybody travels (requirement D20). Within a country and between neighbours: nothing. */
export function detectTravel(picture: Picture): Found[] {
  const steps = journeysOf(picture);
  const [first] = steps;
  if (!first) return [];
  const shared = steps.every(({ from, to }) => from.where.shared || to.where.shared);
  const human = picture.identity.kind === 'human';
  const events = [...new Set(steps.flatMap(({ from, to }) => [from.event, to.event]))];
  const after = spanText(first.hours * 3_600_000);
  return [
    assertFound(picture, {
      detector: 'travel',
      cause: 'travel',
      severity: moved(human ? 'medium' : 'high', shared ? -2 : 0),
      title: 'Impossible travel',
      summary: `${picture.identity.name} was at ${whereText(first.from.where)} and ${after} later at ${whereText(first.to.where)}: at least ${first.km} km.`,
      reasons: [
        `${first.km} km at the least, from border to border, in ${after}: nobody travels so fast.`,
        human ? 'A person may use a VPN that is not known as one.' : 'A workload does not move within a session.',
        ...(shared ? ['One of the networks is a VPN, relay, anycast or satellite network, which lowers it.'] : []),
      ],
      events,
      since: first.to.event.at,
      facts: { kilometres: first.km, within: after },
    }),
  ];
}
