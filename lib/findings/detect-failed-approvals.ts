import { assertFound } from '@/lib/findings/assert-model';
import type { Found } from '@/lib/findings/model';
import type { EventFact, Picture } from '@/lib/findings/picture-model';

/** One may be a mistake and a second its correction. */
const LEAST = 3;
const WITHIN_MS = 15 * 60_000;

/** The first run of refusals that lie close together; a success in between begins anew. */
function runOf(asked: readonly EventFact[]): { refused: EventFact[]; granted: EventFact | null } | null {
  let run: EventFact[] = [];
  for (const event of asked) {
    if (event.outcome === 'success') {
      if (run.length >= LEAST && event.at - run.at(-1)!.at <= WITHIN_MS) return { refused: run, granted: event };
      run = [];
      continue;
    }
    run = run.length >= LEAST ? [...run, event] : [...run.filter((other) => event.at - other.at <= WITHIN_MS), event];
  }
  return run.length >= LEAST ? { refused: run, granted: null } : null;
}

/** Approvals asked for again and again and refused (requirements E12): pressing until somebody gives in. */
export function detectFailedApprovals(picture: Picture): Found[] {
  const asked = picture.events.filter((event) => event.class === 'approval');
  const run = runOf(asked);
  if (!run || run.refused.at(-1)!.at < picture.from) return [];
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
