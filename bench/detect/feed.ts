import { MINUTE, type Recorded } from '@/bench/detect/records';
import type { Scenario } from '@/bench/detect/scenarios';
import { systemCtx } from '@/lib/access/model';
import { formatOf } from '@/lib/connectors/formats';
import { prisma } from '@/lib/db/client';
import { scanSessions } from '@/lib/findings/scan-sessions';
import { ingest } from '@/lib/sessions/ingest';
import type { SessionEventInput } from '@/lib/sessions/model';

/** A finding, which scenario it belongs to (-1: none) and when it was raised on the scenarios' clock, ms. */
export interface Seen {
  scenario: number;
  detector: string;
  severity: string;
  summary: string;
  raisedAt: number;
}

const DAY = 86_400_000;
const ctx = systemCtx('detection');

export function eventOf(recorded: Recorded): SessionEventInput {
  if ('event' in recorded) return recorded.event;
  const read = formatOf(recorded.format)!.normalise(recorded.record);
  if (read.kind !== 'event') throw new Error(`A record of ${recorded.format} was not read: ${JSON.stringify(read)}`);
  return read.event;
}

const nameOf = ({ identity }: SessionEventInput): string => `${identity.issuer} ${identity.externalId}`;

/** Feeds all scenarios together in the order of time: what is long past by the day, the last day by the minute. */
export async function feed(
  scenarios: readonly Scenario[],
): Promise<{ found: Seen[]; events: number; seconds: number }> {
  const owner = new Map<string, number>();
  const events = scenarios.flatMap(({ records }, index) =>
    records.map((record) => {
      const event = eventOf(record);
      if (!owner.has(nameOf(event))) owner.set(nameOf(event), index);
      return { at: record.at, event };
    }),
  );
  events.sort((a, b) => a.at - b.at);
  const last = events.at(-1)!.at;
  const began = process.hrtime.bigint();
  const raised = new Map<string, number>();
  let from = 0;
  while (from < events.length) {
    const at = events[from]!.at;
    const width = at < last - 2 * DAY ? DAY / 4 : MINUTE;
    const until = (Math.floor(at / width) + 1) * width;
    let to = from;
    while (to < events.length && events[to]!.at < until) to += 1;
    await ingest([events.slice(from, to).map(({ event }) => event)]);
    const { ids } = await scanSessions(ctx);
    for (const id of ids) if (!raised.has(id)) raised.set(id, until);
    from = to;
  }
  return {
    found: await seenOf(raised, owner),
    events: events.length,
    seconds: Number(process.hrtime.bigint() - began) / 1e9,
  };
}

async function seenOf(raised: Map<string, number>, owner: Map<string, number>): Promise<Seen[]> {
  const findings = await prisma().finding.findMany();
  const aliases = await prisma().identityAlias.findMany();
  const scenarioOf = new Map(
    aliases.flatMap((alias) => {
      const index = owner.get(`${alias.issuer} ${alias.externalId}`);
      return index === undefined ? [] : [[alias.identityId, index] as const];
    }),
  );
  return findings.map((finding) => ({
    scenario: scenarioOf.get(finding.identityId) ?? -1,
    detector: finding.detector,
    severity: finding.severity,
    summary: finding.summary,
    raisedAt: raised.get(finding.id) ?? Number.POSITIVE_INFINITY,
  }));
}
