import { z } from 'zod';
import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { transaction } from '@/lib/db/transaction';
import { detectHistory } from '@/lib/findings/detect-history';
import { leaveOutDrills } from '@/lib/findings/leave-out-drills';
import type { EventFact } from '@/lib/findings/picture-model';
import { portionsOf } from '@/lib/findings/portions-state';
import { type Raised, raise } from '@/lib/findings/raise';
import { EVENTS_MOST, type Read, readHistories } from '@/lib/findings/read-histories';
import { countIn } from '@/lib/findings/scan/extent/store';
import {
  databaseNow,
  expectDark,
  expectOwners,
  type Pending,
  putOff,
  readPending,
  writeEnvelope,
} from '@/lib/findings/scan/pending/store';
import { log } from '@/lib/platform/log';

/** Identities read at a time, and passes of one call; what is left is read by the next. */
const GROUP = 25;
const PASSES = 400;
const NONE = { raised: 0, reopened: 0, updated: 0 };

const inputSchema = z.strictObject({
  /** Only of these identities. */
  identityIds: z.array(z.uuid()).max(10_000).optional(),
});

const ENDS = new Set(['rotated', 'disabled', 'deleted', 'revoked', 'expired']);

/** What these events ended of somebody else's, each told once: two who end each other's keys would go round for ever. */
const endedBy = (events: readonly EventFact[], by: string, told: Set<string>) =>
  events.flatMap(({ id, told: { life }, at, outcome }) => {
    if (!life || !ENDS.has(life.what) || outcome !== 'success' || told.has(id)) return [];
    told.add(id);
    return [{ externalId: life.externalId, at: new Date(at).toISOString(), by }];
  });

/**
 * Reads what was stored since the last pass, judges it by what each identity usually does, raises what it shows and learns
 * the rest. Bounded in memory: a stretch at a time, of so many identities as have no more than `PORTION_EVENTS` together. Safe to run again, and beside itself.
 */
export async function scanEvents(ctx: Ctx, input: z.input<typeof inputSchema> = {}): Promise<Raised> {
  authorise(ctx, 'console.read');
  const { identityIds } = inputSchema.parse(input);
  const total: Raised = { ...NONE, ids: [] };
  if (!identityIds) await transaction(expectDark);
  const told = new Set<string>();
  // What comes while it reads is the next call's: of a system that never rests there would be no end, and no pause.
  const since = identityIds ? undefined : await databaseNow();
  for (let pass = 0; pass < PASSES; pass += 1) {
    const pending = await readPending(GROUP, identityIds, since);
    if (pending.length === 0) break;
    const counts = await countIn(pending, EVENTS_MOST);
    const weightOf = ({ identityId }: Pending) => counts.get(identityId) ?? 0;
    for (const some of portionsOf(pending, weightOf, { heaviest: EVENTS_MOST })) {
      const histories = await readHistories(some).catch(() => null);
      for (const each of some) add(total, await one(ctx, each, histories, told));
    }
  }
  return total;
}

/** One identity whose history can't be read, judged or told keeps no other's waiting: it is looked at again later. */
async function one(
  ctx: Ctx,
  pending: Pending,
  histories: Map<string, Read> | null,
  told: Set<string>,
): Promise<Raised> {
  const { identityId } = pending;
  try {
    const history = (histories ?? (await readHistories([pending]))).get(identityId);
    return await judge(ctx, pending, history, told);
  } catch (error) {
    log.error({ err: error, identityId }, 'the events of an identity could not be judged');
    await putOff(identityId);
    return { ...NONE, ids: [] };
  }
}

async function judge(ctx: Ctx, pending: Pending, history: Read | undefined, told: Set<string>): Promise<Raised> {
  const { found, envelope } = history ? detectHistory(history, pending.envelope) : { found: [], envelope: null };
  return transaction(async (tx) => {
    const rest = history?.rest ? new Date(history.rest + 1).toISOString() : null;
    await writeEnvelope(tx, pending, envelope, rest);
    if (history) {
      const own = history.events.filter((event) => event.at >= history.from);
      await expectOwners(tx, endedBy(own, pending.identityId, told));
    }
    return found.length > 0 ? raise(tx, ctx, await leaveOutDrills(tx, found)) : { ...NONE, ids: [] };
  });
}

function add(total: Raised, more: Raised): void {
  total.raised += more.raised;
  total.reopened += more.reopened;
  total.updated += more.updated;
  total.ids.push(...more.ids);
}
