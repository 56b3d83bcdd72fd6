import type { z } from 'zod';
import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import {
  IMPORT_STATES,
  type ImportRow,
  importListQuerySchema,
  importProgressSchema,
  importResultSchema,
} from '@/lib/sessions/import-model';
import { pageOfImports, type Stored } from '@/lib/sessions/imports/store';

/** Imports that ran as jobs, newest first. */
export async function listImports(
  ctx: Ctx,
  query: z.input<typeof importListQuerySchema> = {},
): Promise<{ items: ImportRow[]; nextCursor: string | null }> {
  authorise(ctx, 'console.read');
  const { cursor, limit } = importListQuerySchema.parse(query);
  const rows = await pageOfImports(cursor, limit);
  const items = rows.slice(0, limit).map(toImportRow);
  return { items, nextCursor: rows.length > limit ? items.at(-1)!.id : null };
}

export function toImportRow(row: Stored): ImportRow {
  return {
    id: row.id,
    format: row.format,
    name: row.name,
    state: IMPORT_STATES.find((state) => state === row.state) ?? 'failed',
    progress: importProgressSchema.nullable().catch(null).parse(row.progress),
    result: importResultSchema.nullable().catch(null).parse(row.result),
    error: row.error,
    actorName: row.actorName,
    createdAt: row.createdAt.toISOString(),
    finishedAt: row.finishedAt?.toISOString() ?? null,
  };
}
