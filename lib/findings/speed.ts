import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import type { TimeToDetect } from '@/lib/findings/detected/model';
import { readDetected } from '@/lib/findings/detected/store';

/** How long it took from the event that completed a pattern to its finding, over the last 90 days, by detector. */
export async function speed(ctx: Ctx): Promise<TimeToDetect> {
  authorise(ctx, 'console.read');
  const rows = (await readDetected()).map(({ detector, count, p50, p95 }) => ({
    detector,
    count,
    p50Ms: Math.round(p50),
    p95Ms: Math.round(p95),
  }));
  const { detector: _, ...all } = rows.find((row) => row.detector === null) ?? { detector: null };
  return {
    all: 'count' in all ? all : null,
    detectors: rows.flatMap(({ detector, ...times }) => (detector === null ? [] : [{ detector, ...times }])),
  };
}
