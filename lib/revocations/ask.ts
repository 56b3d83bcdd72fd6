import type { Ctx } from '@/lib/access/model';
import { bulk } from '@/lib/revocations/bulk';
import type { BulkResult } from '@/lib/revocations/bulk-model';
import type { Requested, RequestInput } from '@/lib/revocations/model';
import { request } from '@/lib/revocations/request';

/**
 * Does it, or with `dryRun` says what would be done: everything is looked up, nothing is changed, and the audit has it as a dry
 * run. Errors: those of `request`.
 */
export async function ask(ctx: Ctx, input: RequestInput & { dryRun?: boolean }): Promise<Requested | BulkResult> {
  const { dryRun, ...asked } = input;
  if (!dryRun) return request(ctx, asked);
  const { reasonCode, reason } = asked;
  const why = { reasonCode, reason, dryRun };
  return asked.kind === 'terminate'
    ? bulk(ctx, { kind: asked.kind, sessionIds: asked.sessionIds, ...why })
    : bulk(ctx, { kind: asked.kind, identityIds: [asked.identityId], ...why });
}
