import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { record } from '@/lib/audit/record';
import { show } from '@/lib/connectors/show';
import { hint } from '@/lib/db/hint';
import { transaction } from '@/lib/db/transaction';
import { type Every, type ScheduleInput, scheduleSchema } from '@/lib/drills/model';
import { putSchedule } from '@/lib/drills/store';
import { clock } from '@/lib/platform/clock';
import { BraidError } from '@/lib/platform/errors';

const DAY_MS = 86_400_000;
const EVERY_MS: Record<Every, number | null> = { off: null, daily: DAY_MS, weekly: 7 * DAY_MS };

/**
 * Says how often a system is drilled; the first is held one such time from now. Throws `not_found`, and `conflict` where no
 * canary is named: a plan that could never be carried out.
 */
export async function setSchedule(ctx: Ctx, input: ScheduleInput): Promise<void> {
  authorise(ctx, 'connector.manage');
  const { connectorId, every } = scheduleSchema.parse(input);
  const { name, values } = await show(ctx, { id: connectorId });
  if (every !== 'off' && !values.canary)
    throw new BraidError(
      'conflict',
      `${name} has no canary to drill with. Name an identity nothing depends on as its canary, in the settings of ${name}.`,
    );
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
