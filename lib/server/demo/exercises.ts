import { setTimeout } from 'node:timers/promises';
import type { Ctx } from '@/lib/access/model';
import { create } from '@/lib/connectors/create';
import { list as listConnectors } from '@/lib/connectors/list';
import { sync } from '@/lib/connectors/sync';
import { list as listDrills } from '@/lib/drills/list';
import { preview } from '@/lib/drills/preview';
import { setSchedule } from '@/lib/drills/set-schedule';
import { start } from '@/lib/drills/start';

/** Where “revoked” is not revoked: its tokens are valid to their end, what was made from them lives by a lifetime of its own. */
const RANGE = {
  vendor: 'simulator',
  name: 'partner-gateway (simulated)',
  values: { world: 'demo', identities: 'svc_partner:3, svc_partner_mobile:1', gaps: 'G2, G8' },
};

/** Connects the simulated system, once: who took it out wanted that only until the next start. */
export async function connectRange(ctx: Ctx): Promise<void> {
  const { items } = await listConnectors(ctx);
  if (items.some((one) => one.name === RANGE.name)) return;
  const { id } = await create(ctx, RANGE);
  await sync(ctx, { id });
}

/** The first drill of a system, as soon as its canary was seen, and one a day from then on. Held once. */
export async function firstDrill(ctx: Ctx, connectorId: string, signal: AbortSignal): Promise<void> {
  if ((await listDrills(ctx, { connectorId, limit: 1 })).items.length > 0) return;
  while ((await preview(ctx, { connectorId })).refused) {
    await setTimeout(1_000, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return;
  }
  await setSchedule(ctx, { connectorId, every: 'daily' });
  await start(ctx, { connectorId });
}
