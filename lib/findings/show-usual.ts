import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { type Usual, usualInput } from '@/lib/findings/envelope-model';
import { listExpected } from '@/lib/findings/expected/store';
import { hourShares, isLearned, newEnvelope, strangeFrom, usualBytes, usualPeak } from '@/lib/findings/learn-state';
import { readEnvelope } from '@/lib/findings/scan/store';

const SHOWN = 12;

/** Most frequent first, each as its share of all. */
function sharesOf(names: Record<string, number>): Usual['networks'] {
  const total = Object.values(names).reduce((sum, count) => sum + count, 0);
  return Object.entries(names)
    .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
    .slice(0, SHOWN)
    .map(([name, count]) => ({ name: name.slice(0, 200), share: count / total }));
}

/** What this identity usually does, as far as it is learned: what detection holds against it. Errors: `access.denied`, `input.invalid`. */
export async function showUsual(ctx: Ctx, input: { id: string }): Promise<Usual> {
  authorise(ctx, 'console.read');
  const { id } = usualInput.parse(input);
  const [stored, expected] = await Promise.all([readEnvelope(id), listExpected(id)]);
  const envelope = stored ?? newEnvelope();
  const peak = usualPeak(stored);
  return {
    learned: isLearned(stored),
    days: envelope.days.length,
    events: envelope.events,
    sessions: envelope.sessions,
    peak,
    strangeFrom: peak === null ? null : strangeFrom(peak),
    networks: sharesOf(envelope.networks),
    countries: sharesOf(envelope.countries),
    operators: sharesOf(envelope.operators ?? {}),
    agents: sharesOf(envelope.agents),
    actions: sharesOf(envelope.actions),
    hours: hourShares(envelope),
    mostEventsAnHour: envelope.mostEvents,
    mostReadsAnHour: envelope.mostReads,
    mostExportsAnHour: envelope.mostExports,
    mostBytesAnHour: usualBytes(envelope),
    busiestMinute: envelope.busiestMinute,
    until: envelope.until > 0 ? new Date(envelope.until).toISOString() : null,
    expected,
  };
}
