import type { Ctx } from '@/lib/access/model';
import { type Asked, findLane } from '@/lib/lanes/find-lane';
import type { Among } from '@/lib/lanes/model';

/** What is of a lane, sorted now; null: none was asked for. Errors: those of `findLane`. */
export async function amongLane(
  ctx: Ctx,
  { lane, ...of }: Omit<Asked, 'lane'> & { lane?: string | undefined },
): Promise<Among | null> {
  if (!lane) return null;
  const { sessions } = await findLane(ctx, { ...of, lane });
  return {
    whole: sessions.flatMap(({ id, part }) => (part ? [] : [id])),
    parts: sessions.flatMap(({ id, part }) => (part ? [{ id, ...part }] : [])),
  };
}

/** All sessions of a lane, also those that are another's as well. */
export const sessionsOf = (among: Among): string[] => [...among.whole, ...among.parts.map(({ id }) => id)];
