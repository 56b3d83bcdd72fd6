import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { record } from '@/lib/audit/record';
import { transaction } from '@/lib/db/transaction';
import { clock } from '@/lib/platform/clock';
import { BraidError } from '@/lib/platform/errors';
import { toZoneRow } from '@/lib/zones/list';
import { type UpdateZone, updateZoneSchema, type ZoneRow } from '@/lib/zones/model';
import { changeZone, findZone, lockZones, zoneNamed } from '@/lib/zones/store';

/** Says anew what makes up a zone. Throws `not_found`, `conflict`. */
export async function update(ctx: Ctx, input: UpdateZone): Promise<ZoneRow> {
  authorise(ctx, 'policy.manage');
  const { id, name, purpose, networks, regions } = updateZoneSchema.parse(input);
  return transaction(async (tx) => {
    await lockZones(tx);
    const before = await findZone(tx, id);
    if (!before) throw new BraidError('not_found', 'This zone no longer exists.');
    const same = await zoneNamed(tx, name);
    if (same && same.id !== id) throw new BraidError('conflict', `There is already a zone ${name}.`);
    const updatedBy = ctx.actor.name.slice(0, 300);
    const changed = { name, purpose: purpose || null, networks, regions, updatedBy, updatedAt: clock.now() };
    const zone = await changeZone(tx, id, changed);
    await record(tx, ctx, {
      action: 'zone.update',
      target: { type: 'zone', id, name },
      detail: {
        before: { name: before.name, networks: before.networks.slice(0, 100), regions: before.regions },
        after: { name, networks: networks.slice(0, 100), regions },
      },
    });
    return toZoneRow(zone);
  });
}
