import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { record } from '@/lib/audit/record';
import { transaction } from '@/lib/db/transaction';
import { clock } from '@/lib/platform/clock';
import { BraidError, toBraidError } from '@/lib/platform/errors';
import { newId } from '@/lib/platform/ids';
import { needsSecond } from '@/lib/responses/needs-second';
import { assess } from '@/lib/revocations/assess';
import {
  type BulkGiven,
  type BulkInput,
  type BulkResult,
  type BulkRow,
  bulkInputSchema,
  type Radius,
} from '@/lib/revocations/bulk-model';
import { begunUnder } from '@/lib/revocations/many/store';
import { KIND_PERMISSION, REASON_CODES, type RequestInput } from '@/lib/revocations/model';
import { type Agreed, request } from '@/lib/revocations/request';

/** Identities changed beside each other. */
const WIDE = 4;

/** What is asked for one identity of them. */
function oneOf(given: BulkGiven, rows: BulkRow[]): RequestInput {
  const { reasonCode, reason } = given;
  return given.kind === 'terminate'
    ? { kind: 'terminate', sessionIds: rows.map((row) => row.id), reasonCode, reason }
    : { kind: given.kind, identityId: rows[0]!.id, reasonCode, reason };
}

async function askFor(ctx: Ctx, given: BulkGiven, rows: BulkRow[], agreed: Agreed): Promise<void> {
  try {
    const { revocationId } = await request(ctx, oneOf(given, rows), agreed);
    for (const row of rows) row.revocationId = revocationId;
  } catch (error) {
    if (!(error instanceof BraidError)) throw error;
    for (const row of rows)
      Object.assign(row, { eligible: false, why: toBraidError(error).publicMessage.slice(0, 500) });
  }
}

const WORDS = { identities: 'identities', sessions: 'live sessions', systems: 'systems' } as const;

/** Throws `conflict` with `grownTo` where it reaches further than what was agreed to. */
function refuseGrown(radius: Radius, most: Radius): void {
  const over = (Object.keys(WORDS) as (keyof Radius)[]).filter((one) => radius[one] > most[one]);
  if (over.length === 0) return;
  const by = over.map((one) => `${radius[one]} ${WORDS[one]} instead of ${most[one]}`).join(' and ');
  throw new BraidError('conflict', `Nothing was done: it reaches ${by} by now. Look at it again, and agree to that.`, {
    detail: { grownTo: radius },
  });
}

/** Rows that are part of this action already: it was asked before, and is not to be done twice. Throws `conflict`. */
function goOn(given: BulkGiven, rows: BulkRow[], begun: Awaited<ReturnType<typeof begunUnder>>): void {
  if (begun.some((one) => one.kind !== given.kind))
    throw new BraidError('conflict', 'Another action has this actionId.');
  for (const row of rows) {
    const mine = begun.find((one) =>
      given.kind === 'terminate' ? one.sessionIds.includes(row.id) : one.identityId === row.id,
    );
    if (mine) Object.assign(row, { eligible: true, why: null, revocationId: mine.id });
  }
}

/** What it took and left out, as one entry beside those of its parts. */
const recordWhole = (ctx: Ctx, given: BulkGiven, result: BulkResult) =>
  transaction((tx) =>
    record(tx, ctx, {
      action: `${given.kind === 'terminate' ? 'session.terminate' : `identity.${given.kind}`}_${given.dryRun ? 'dry_run' : 'many'}`,
      // Under its name, so that its page finds what was left out.
      ...(given.dryRun
        ? {}
        : { target: { type: 'action', id: result.actionId, name: `${result.rows.length} at once` } }),
      reason: given.reason || REASON_CODES[given.reasonCode],
      detail: {
        ...(given.dryRun ? { dryRun: true } : { actionId: result.actionId }),
        eligible: result.rows.filter((row) => row.eligible).map((row) => row.id),
        skipped: result.rows.filter((row) => !row.eligible).map((row) => ({ id: row.id, why: row.why })),
        radius: result.radius,
      },
    }),
  );

/**
 * One action over many identities or sessions: takes what can be taken and says of the rest why not. Each identity is a
 * revocation of its own, so one that fails keeps no other. `dryRun`: everything is looked up, nothing is changed, and the audit
 * says so. Errors: `response.second_operator` where it reaches further than one may go alone.
 */
export async function bulk(ctx: Ctx, input: BulkInput, agreed: Agreed = {}): Promise<BulkResult> {
  const clickedAt = clock.now();
  authorise(ctx, KIND_PERMISSION[input.kind]);
  const given = bulkInputSchema.parse(input);
  const actionId = given.actionId ?? agreed.responseId ?? newId();
  const { rows, radius, identityIds } = await assess(given);
  if (!given.dryRun) goOn(given, rows, await begunUnder(actionId));
  const open = rows.filter((row) => row.eligible && !row.revocationId);
  if (agreed.most && !given.dryRun) refuseGrown(radius, agreed.most);
  const second =
    agreed.responseId || (open.length === 0 && !given.dryRun)
      ? null
      : await needsSecond(ctx, given.kind, { ...radius, identityIds });
  if (second && !given.dryRun) throw new BraidError('response.second_operator', second);
  if (!given.dryRun) {
    const groups = new Map<string, BulkRow[]>();
    for (const row of open) groups.set(row.identityId!, [...(groups.get(row.identityId!) ?? []), row]);
    const all = [...groups.values()];
    for (let at = 0; at < all.length; at += WIDE)
      await Promise.all(
        all
          .slice(at, at + WIDE)
          .map((one) => askFor(ctx, given, one, { ...agreed, reach: radius, actionId, clickedAt })),
      );
  }
  const eligible = rows.filter((row) => row.eligible).length;
  const result: BulkResult = {
    kind: given.kind,
    actionId,
    dryRun: given.dryRun,
    rows,
    eligible,
    skipped: rows.length - eligible,
    radius,
    second,
    revocationIds: [...new Set(rows.flatMap((row) => row.revocationId ?? []))],
  };
  await recordWhole(ctx, given, result);
  return result;
}
