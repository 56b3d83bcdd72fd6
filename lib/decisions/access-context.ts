import type { Access } from '@/lib/policies/approved-evaluate';

/** How long a refusal can be followed by a request for approval, ms. */
export const REQUESTABLE_MS = 10 * 60_000;

/**
 * The parts of an answer that the AuthZEN access request profile adds: that approval can be asked for, which approval was
 * used, or why the one that was carried did not hold and what to do next.
 */
export function accessContext(access: Access, atMs: number): Record<string, unknown> {
  const { used, refused, requestable } = access;
  const [first] = requestable;
  return {
    ...(refused ? { reason: refused, next_action: first ? 'request' : 'none' } : {}),
    ...(used ? { approval: { id: used.id, approved_until: new Date(used.untilMs).toISOString() } } : {}),
    ...(first
      ? {
          access_request: {
            template: `${first.set.name}/${first.rule.id}`,
            expires_at: new Date(atMs + REQUESTABLE_MS).toISOString(),
            display: {
              title: 'Ask for approval',
              description: first.rule.message ?? `Rule ${first.rule.id} stops this; an approval lets it pass.`,
            },
          },
        }
      : {}),
  };
}
