import type { z } from 'zod';
import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { type MergeRow, movedSchema } from '@/lib/identities/merge-model';
import { readMerges } from '@/lib/identities/merges/store';
import { identityIdSchema } from '@/lib/identities/model';

/** Merges an identity is part of, newest first: the latest hundred. */
export async function listMerges(ctx: Ctx, input: z.input<typeof identityIdSchema>): Promise<{ items: MergeRow[] }> {
  authorise(ctx, 'console.read');
  const { rows, names } = await readMerges(identityIdSchema.parse(input).id);
  return {
    items: rows.map((row) => {
      const moved = movedSchema.parse(row.aliases);
      return {
        id: row.id,
        from: { id: row.fromId, name: names.get(row.fromId) ?? '' },
        into: { id: row.intoId, name: names.get(row.intoId) ?? '' },
        names: moved.names.length,
        sessions: moved.sessions.length,
        reason: row.reason,
        byName: row.byName,
        at: row.at.toISOString(),
        undoneAt: row.undoneAt?.toISOString() ?? null,
        undoneBy: row.undoneBy,
      };
    }),
  };
}
