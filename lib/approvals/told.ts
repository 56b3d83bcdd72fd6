import type { Stored } from '@/lib/approvals/store';
import { amountText } from '@/lib/exposures/format';
import type { Told } from '@/lib/notifications/model';

/** A request that waits for somebody's answer, as people are told of it. */
export function toldOf(request: Stored): Told {
  const action = request.action as { name?: string };
  const resource = request.resource as { type?: string; id?: string };
  const rules = request.rules as { message?: string | null; id: string }[];
  const amount = request.amount === null ? '' : ` (${amountText(request.amount, request.scale, request.unit)})`;
  const asked = `${action.name ?? 'an action'} on ${resource.type ?? 'a resource'} ${resource.id ?? ''}${amount}`;
  return {
    event: 'approval.requested',
    target: { type: 'approval', id: request.id },
    identityId: request.identityId,
    severity: 'medium',
    body: {
      title: 'Asks for approval',
      summary:
        `It asks to be allowed ${asked}${request.reason ? `: “${request.reason}”` : ''}. Without an answer it ends at ${request.expiresAt.toISOString()}.`.slice(
          0,
          2000,
        ),
      reasons: rules
        .slice(0, 20)
        .map((rule) => `Stopped by ${rule.id}${rule.message ? `: ${rule.message}` : ''}`.slice(0, 1000)),
      path: `/approvals/${request.id}`,
      end: null,
      state: 'pending',
    },
  };
}
