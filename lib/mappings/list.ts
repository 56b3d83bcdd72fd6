import type { z } from 'zod';
import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { mappedFormat } from '@/lib/connectors/formats';
import { type MappingRow, mappingListQuerySchema } from '@/lib/mappings/model';
import { pageOfMappings, type Stored, usesOf } from '@/lib/mappings/store';

/** What it calls itself for people. One that could be read once and can't any more keeps its name. */
function titleOf({ name, text }: Stored): string {
  try {
    return mappedFormat(text).title;
  } catch {
    return name;
  }
}

export const toMappingRow = (row: Stored, use?: { batches: number; last: string }): MappingRow => ({
  name: row.name,
  title: titleOf(row),
  version: row.version,
  text: row.text,
  createdAt: row.createdAt.toISOString(),
  createdBy: row.createdBy,
  reason: row.reason,
  retiredAt: row.retiredAt?.toISOString() ?? null,
  retiredBy: row.retiredBy,
  batches: use?.batches ?? 0,
  lastBatchAt: use?.last ?? null,
});

/** Mappings by name, each in its newest version. */
export async function list(
  ctx: Ctx,
  query: z.input<typeof mappingListQuerySchema>,
): Promise<{ items: MappingRow[]; nextCursor: string | null }> {
  authorise(ctx, 'console.read');
  const { limit, cursor, retired } = mappingListQuerySchema.parse(query);
  const found = await pageOfMappings({ after: cursor, limit, retired });
  const uses = await usesOf(found.map((row) => row.name));
  const items = found.slice(0, limit).map((row) => toMappingRow(row, uses.get(row.name)));
  return { items, nextCursor: found.length > limit ? items.at(-1)!.name : null };
}
