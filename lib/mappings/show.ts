import type { z } from 'zod';
import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { toMappingRow } from '@/lib/mappings/list';
import { type MappingRow, mappingNameSchema } from '@/lib/mappings/model';
import { usesOf, versionsOf } from '@/lib/mappings/store';
import { BraidError } from '@/lib/platform/errors';

/** A mapping's versions, newest first. Throws `not_found`. */
export async function show(ctx: Ctx, input: z.input<typeof mappingNameSchema>): Promise<{ versions: MappingRow[] }> {
  authorise(ctx, 'console.read');
  const { name } = mappingNameSchema.parse(input);
  const [versions, uses] = await Promise.all([versionsOf(name), usesOf([name])]);
  if (versions.length === 0) throw new BraidError('not_found', `There is no mapping ${name}.`);
  return { versions: versions.map((row) => toMappingRow(row, uses.get(name))) };
}
