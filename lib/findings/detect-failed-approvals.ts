import { assertFound } from '@/lib/findings/assert-model';
import type { Found } from '@/lib/findings/model';
import type { EventFact, Picture } from '@/lib/findings/picture-model';

/** One may be a mistake and a second its correction. */
const LEAST = 3;
const WITHIN_MS = 15 * 60_000;

interface Run {
  refused: EventFact[];
  granted: EventFact | null;
}

/**
 * The runs of refusals that lie close together, oldest first: of each, the first `LEAST` are within `WITHIN_MS`, and none is
 * longer than that after the one before. A success ends a run; soon after it, it is what was pressed for.
 */
function runsOf(asked: readonly EventFact[]): Run[] {
  const runs: Run[] = [];
  let run: EventFact[] = [];
  const close = (granted: EventFact | null) => {
    if (run.length >= LEAST) runs.push({ refused: run, granted });
    run = [];
  };
  for (const event of asked) {
    const last = run.at(-1);
    const near = last !== undefined && event.at - last.at <= WITHIN_MS;
    if (event.outcome === 'success') {
      close(near ? event : null);
      continue;
    }
    if (last && !near) close(null);
    run = run.length >= LEAST ? [...run, event] : [...run.filter((other) => event.at - other.at <= WITHIN_MS), event];
  }
  close(null);
  return runs;
}

/** Approvals asked for again and again and refused (requirements E12): pressing until somebody gives in. */
export function detectFailedApprovals(picture: Picture): Found[] {
  const asked = picture.events.filter((event) => event.class === 'approval');
  const now = runsOf(asked).filter(({ refused, granted }) => (granted ?? refused.at(-1)!).at >= picture.from);
  // One that was granted in the end weighs more than a later one that was not.
  const run = now.findLast(({ granted }) => granted) ?? now.at(-1);
  if (!run) return [];
  const { refused, granted } = run;
  return [
    assertFound(picture, {
      detector: 'failed-approvals',
      cause: 'failed-approvals',
      severity: granted ? 'high' : 'medium',
      title: `${refused.length} approvals refused in a row`,
      summary: `${picture.identity.name} asked for ${[...new Set(refused.map((event) => event.action))].slice(0, 3).join(', ')} ${refused.length} times within ${Math.max(1, Math.round((refused.at(-1)!.at - refused[0]!.at) / 60_000))} min and was refused${granted ? '; then it was allowed' : ''}.`,
      reasons: [
        'Each refusal alone would be an error; together they are pressure.',
        ...(granted ? ['The last attempt was allowed.'] : []),
      ],
      events: granted ? [...refused, granted] : refused,
      since: refused[LEAST - 1]!.at,
    }),
  ];
}
