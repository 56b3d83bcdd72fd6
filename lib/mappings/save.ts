import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { record } from '@/lib/audit/record';
import { mappedFormat } from '@/lib/connectors/formats';
import { transaction } from '@/lib/db/transaction';
import { toMappingRow } from '@/lib/mappings/list';
import { type MappingRow, type SaveMapping, saveMappingSchema } from '@/lib/mappings/model';
import { insertVersion, lockNewest, usesOf } from '@/lib/mappings/store';
import { BraidError } from '@/lib/platform/errors';

/**
 * Keeps a mapping as the next version of its name, which binds what is sent from now on; batches that wait are read by the
 * version they came under. The same text again changes nothing. Throws `import.unreadable` that names what is wrong with it,
 * `conflict` where it was changed since `basedOn`, or is called otherwise than `named`.
 */
export async function save(ctx: Ctx, input: SaveMapping, named?: string): Promise<MappingRow> {
  authorise(ctx, 'connector.manage');
  const { text, reason, basedOn } = saveMappingSchema.parse(input);
  const { name } = mappedFormat(text);
  if (named && named !== name)
    throw new BraidError('conflict', `This mapping calls itself ${name}: keep it under that name, or write ${named}.`);
  const kept = await transaction(async (tx) => {
    const newest = await lockNewest(tx, name);
    const version = newest?.version ?? 0;
    if (basedOn !== undefined && basedOn !== version) {
      const since = basedOn === 0 ? `There is a mapping ${name} already` : `${name} was changed since`;
      throw new BraidError('conflict', `${since}: it stands at version ${version}.`);
    }
    if (newest && newest.retiredAt === null && newest.text === text) return newest;
    const row = await insertVersion(tx, {
      name,
      version: version + 1,
      text,
      createdBy: ctx.actor.name.slice(0, 300),
      reason: reason || null,
    });
    await record(tx, ctx, {
      action: version === 0 ? 'mapping.create' : 'mapping.update',
      target: { type: 'mapping', id: name, name },
      reason,
      detail: { version: row.version },
    });
    return row;
  });
  return toMappingRow(kept, (await usesOf([name])).get(name));
}
