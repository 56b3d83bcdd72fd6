import { canonical } from '@/lib/decisions/canonical';
import type { Item } from '@/lib/decisions/request-model';
import type { ApprovalRow, Approvals } from '@/lib/exposures/model';
import type { ApprovalSeen } from '@/lib/policies/compiled-model';

/**
 * Why an approval that a request carries does not hold for it, in the words of the access request profile, and two of ours for
 * what it has no word of: it has let pass what it was given for, or somebody took it back.
 */
export type ApprovalRefused =
  | 'approval_expired'
  | 'approval_used'
  | 'approval_withdrawn'
  | 'out_of_scope'
  | 'approval_unverifiable';

/** The approval a request carries as its question sees it: one that holds, or why it doesn't. */
export interface Carried {
  seen: ApprovalSeen | null;
  refused: ApprovalRefused | null;
}

export const approvalsOf = (rows: ApprovalRow[]): Approvals => ({
  rows: new Map(rows.map((row) => [row.approval_id, row])),
  used: new Map(),
});

/** Members of a context that are no part of what was asked. */
export const MACHINERY = ['braid', 'approval'];

/** What of a context an approval is bound to: the named members, or all. */
export function boundMembers(context: Record<string, unknown>, binds: string[] | null): Record<string, unknown> {
  const names = (binds ?? Object.keys(context)).filter((name) => !MACHINERY.includes(name));
  return Object.fromEntries(names.filter((name) => Object.hasOwn(context, name)).map((name) => [name, context[name]]));
}

/**
 * Whether the approval an item carries holds for exactly this request, now. Neither its id nor anything the caller says of it
 * counts by itself: the stored row has to be of this caller's namespace and identity, approved, unexpired, not withdrawn, not
 * used up, and bound to the same subject, action, resource and context.
 */
function approvalFor(item: Item, identityId: string, approvals: Approvals | undefined, nowMs: number): Carried {
  const nothing = (refused: ApprovalRefused): Carried => ({ seen: null, refused });
  const row = approvals?.rows.get(item.approvalId!);
  if (!row || row.issuer !== item.issuer || row.identity_id !== identityId) return nothing('approval_unverifiable');
  if (row.withdrawn_at) return nothing('approval_withdrawn');
  if (row.used + (approvals!.used.get(row.request_id) ?? 0) >= row.uses) return nothing('approval_used');
  if (row.approved_until.getTime() <= nowMs) return nothing('approval_expired');
  const { subject, action, resource, context } = item.asked;
  const now = { subject, action, resource, context: boundMembers(context, row.context.binds) };
  const then = { subject: row.subject, action: row.action, resource: row.resource, context: row.context.members };
  if (canonical(now) !== canonical(then)) return nothing('out_of_scope');
  return {
    seen: {
      id: row.approval_id,
      rules: row.rules.map(({ set, id }) => ({ set, id })),
      approvedBy: row.answered_by,
      untilMs: row.approved_until.getTime(),
    },
    refused: null,
  };
}

const NOTHING_CARRIED: Carried = { seen: null, refused: null };

/** What the approval an item carries adds to its question. */
export const carried = (
  item: Item,
  identityId: string,
  { approvals, nowMs }: { approvals?: Approvals; nowMs: number },
): Carried => (item.approvalId ? approvalFor(item, identityId, approvals, nowMs) : NOTHING_CARRIED);

/** One use of it is spent by this allow. */
export function spend(approvals: Approvals | undefined, approvalId: string): void {
  const row = approvals?.rows.get(approvalId);
  if (row) approvals!.used.set(row.request_id, (approvals!.used.get(row.request_id) ?? 0) + 1);
}
