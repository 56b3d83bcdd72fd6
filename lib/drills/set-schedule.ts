import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { record } from '@/lib/audit/record';
import { show } from '@/lib/connectors/show';
import { hint } from '@/lib/db/hint';
import { transaction } from '@/lib/db/transaction';
import { type Every, type ScheduleInput, scheduleSchema } from '@/lib/drills/model';
import { putSchedule } from '@/lib/drills/store';
import { clock } from '@/lib/platform/clock';

const DAY_MS = 86_400_000;
const EVERY_MS: Record<Every, number | null> = { off: null, daily: DAY_MS, weekly: 7 * DAY_MS };

/** Says how often a system is drilled; the first is held one such time from now. Throws `not_found`. */
export async function setSchedule(ctx: Ctx, input: ScheduleInput): Promise<void> {
  authorise(ctx, 'connector.manage');
  const { connectorId, every } = scheduleSchema.parse(input);
  const { name } = await show(ctx, { id: connectorId });
  const ms = EVERY_MS[every];
  await transaction(async (tx) => {
    await putSchedule(tx, connectorId, every, ms === null ? null : new Date(clock.ms() + ms));
    await record(tx, ctx, {
      action: 'drill.schedule',
      target: { type: 'connector', id: connectorId, name },
      detail: { every },
    });
    await hint(tx, 'connector', [connectorId]);
  });
}
