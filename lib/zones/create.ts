import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { record } from '@/lib/audit/record';
import { transaction } from '@/lib/db/transaction';
import { BraidError } from '@/lib/platform/errors';
import { newId } from '@/lib/platform/ids';
import { toZoneRow } from '@/lib/zones/list';
import { type CreateZone, createZoneSchema, type ZoneRow } from '@/lib/zones/model';
import { countZones, insertZone, lockZones, zoneNamed } from '@/lib/zones/store';

const ZONES_MOST = 200;

/** Names networks and regions that are trusted. Detectors read by it what comes in from then on. Throws `conflict`. */
export async function create(ctx: Ctx, input: CreateZone): Promise<ZoneRow> {
  authorise(ctx, 'policy.manage');
  const { name, purpose, networks, regions } = createZoneSchema.parse(input);
  const by = ctx.actor.name.slice(0, 300);
  return transaction(async (tx) => {
    await lockZones(tx);
    if (await zoneNamed(tx, name)) throw new BraidError('conflict', `There is already a zone ${name}.`);
    if ((await countZones(tx)) >= ZONES_MOST)
      throw new BraidError('conflict', `There are ${ZONES_MOST} zones already.`);
    const zone = await insertZone(tx, {
      id: newId(),
      name,
      purpose: purpose || null,
      networks,
      regions,
      createdBy: by,
      updatedBy: by,
    });
    await record(tx, ctx, {
      action: 'zone.create',
      target: { type: 'zone', id: zone.id, name },
      detail: { networks: networks.length, regions: regions.length },
    });
    return toZoneRow(zone);
  });
}
