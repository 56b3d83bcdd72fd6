import { z } from 'zod';
import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { BraidError } from '@/lib/platform/errors';
import type { ImportRow } from '@/lib/sessions/import-model';
import { findImport } from '@/lib/sessions/imports/store';
import { toImportRow } from '@/lib/sessions/list-imports';

const inputSchema = z.strictObject({ id: z.uuid() });

/** One import with its progress or result. Throws `not_found`. */
export async function showImport(ctx: Ctx, input: z.input<typeof inputSchema>): Promise<ImportRow> {
  authorise(ctx, 'console.read');
  const row = await findImport(inputSchema.parse(input).id);
  if (!row) throw new BraidError('not_found', 'There is no such import.');
  return toImportRow(row);
}
