import type { z } from 'zod';
import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import type { Session } from '@/lib/db/generated/client';
import { clock } from '@/lib/platform/clock';
import { BraidError } from '@/lib/platform/errors';
import { decodeCursor, encodeCursor } from '@/lib/sessions/page-cursor-format';
import { type Run, runQuerySchema } from '@/lib/sessions/run-model';
import {
  countLiveParts,
  momentOf,
  readActors,
  readLiveParts,
  readParts,
  readTimeline,
  readWork,
} from '@/lib/sessions/runs/store';
import { rowOf } from '@/lib/sessions/store';

/** A run over several tools and systems as one: its parts, its tools, and what all of them did in one order. Errors: `access.denied`, `not_found`. */
export async function showRun(ctx: Ctx, input: z.input<typeof runQuerySchema>): Promise<Run> {
  authorise(ctx, 'console.read');
  const { run, cursor, limit } = runQuerySchema.parse(input);
  const now = clock.now();
  const { parts, total } = await readParts(run);
  if (parts.length === 0) throw new BraidError('not_found', 'No session names such a run.');
  const ids = parts.map((part) => part.id);
  const [actors, work, moments, liveParts, liveTotal] = await Promise.all([
    readActors([...new Set(parts.map((part) => part.identityId))].slice(0, 50)),
    readWork(ids),
    readTimeline(ids, cursor ? decodeCursor(cursor) : null, limit + 1),
    readLiveParts(run, now),
    countLiveParts(run, now),
  ]);
  const names = new Map(actors.map((each) => [each.id, each.name]));
  const shown = moments.slice(0, limit);
  const last = shown.at(-1);
  return {
    run,
    startedAt: parts[0]!.startedAt.toISOString(),
    lastEventAt: new Date(Math.max(...parts.map((part) => part.lastEventAt.getTime()))).toISOString(),
    live: liveTotal > 0,
    identities: actors,
    parts: parts.map((part) => ({
      ...rowOf(part, names.get(part.identityId) ?? '', now),
      parentId: part.parentId,
      task: part.task?.slice(0, 200) ?? null,
    })),
    partsTotal: total,
    liveParts,
    liveTotal,
    ...work,
    widened: widenedOf(parts),
    events: parts.reduce((sum, part) => sum + part.eventCount, 0),
    timeline: shown.map(momentOf),
    nextCursor: moments.length > limit && last ? encodeCursor({ at: last.at_us, id: last.id }) : null,
  };
}

const scopesOf = (part: Session): string[] => part.scope?.split(/[\s,]+/).filter(Boolean) ?? [];

/** What was delegated may narrow, never grow: scopes of a part that its parent, where that tells any, does not have. */
function widenedOf(parts: Session[]): Run['widened'] {
  const byId = new Map(parts.map((part) => [part.id, part]));
  return parts
    .flatMap((part) => {
      const parent = part.parentId ? byId.get(part.parentId) : undefined;
      const allowed = new Set(parent ? scopesOf(parent) : []);
      if (allowed.size === 0) return [];
      const scopes = scopesOf(part).filter((scope) => !allowed.has(scope));
      return scopes.length > 0
        ? [{ sessionId: part.id, scopes: scopes.slice(0, 50).map((scope) => scope.slice(0, 200)) }]
        : [];
    })
    .slice(0, 50);
}
