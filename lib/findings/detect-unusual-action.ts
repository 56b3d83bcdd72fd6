import { assertFound, judged, moved } from '@/lib/findings/assert-model';
import { isLearned, NAMES_MOST } from '@/lib/findings/learn-state';
import type { Found, Severity } from '@/lib/findings/model';
import type { Picture } from '@/lib/findings/picture-model';
import { sensitiveKind } from '@/lib/findings/sensitive-model';

const LEAST_KINDS = 3;

function severityOf(kinds: readonly string[]): Severity {
  if (kinds.length >= LEAST_KINDS) return 'critical';
  return kinds.length > 1 || kinds[0] === 'the end of logging' ? 'high' : 'medium';
}

/**
 * A machine's identity that for the first time does what opens more doors, though its sign-in looks as always (requirements
 * C15, C20). Judged by kinds, not by names: the tenth secret is no news. Of one
 * that does so many things that their names are not all kept, only where the kinds were kept, and one step lower.
 */
export function detectUnusualAction(picture: Picture): Found[] {
  const { envelope, identity } = picture;
  if (identity.kind === 'human' || !isLearned(envelope)) return [];
  const names = Object.keys(envelope.actions);
  const total = Object.values(envelope.actions).reduce((sum, count) => sum + count, 0);
  const many = names.length >= NAMES_MOST;
  if (names.length < 1 || total < 50 || (many && !envelope.kinds)) return [];
  const known = new Set([...(envelope.kinds ?? []), ...names.flatMap((name) => sensitiveKind(name) ?? [])]);
  const fresh = judged(picture).flatMap((event) => {
    const kind = event.outcome === 'success' ? sensitiveKind(event.action) : null;
    return kind && !known.has(kind) ? [{ event, kind }] : [];
  });
  const [first] = fresh;
  if (!first) return [];
  const kinds = [...new Set(fresh.map(({ kind }) => kind))];
  return [
    assertFound(picture, {
      detector: 'unusual-action',
      cause: `kind:${first.kind}`,
      severity: moved(severityOf(kinds), many ? -1 : 0),
      title: `First touch of ${kinds.join(', ')}`,
      summary: `${identity.name} did ${[...new Set(fresh.map(({ event }) => event.action))].slice(0, 3).join(', ')}; in ${envelope.days.length} days learned it did ${names.slice(0, 3).join(', ')} and the like.`,
      reasons: [`Nothing of the kind was seen before: ${kinds.join(', ')}.`, 'How it signed in says nothing of it.'],
      events: fresh.map(({ event }) => event),
      facts: { kinds: kinds.join(', ') },
    }),
  ];
}
