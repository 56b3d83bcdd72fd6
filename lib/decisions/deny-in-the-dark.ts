import type { Answer, Decided, Item, Job } from '@/lib/decisions/request-model';
import { spool } from '@/lib/decisions/spool';
import { clock } from '@/lib/platform/clock';

/**
 * Denies what can't be decided because shared state can't be reached, and keeps the denials on the disk until they can be
 * logged. The first denial ends a batch that ends at one: what comes after it is not decided. Throws `state_unavailable` when
 * the disk does not take them.
 */
export async function denyInTheDark({ items, semantic }: Job): Promise<Decided[]> {
  const asked = semantic === 'deny_on_first_deny' ? items.slice(0, 1) : items;
  const at = clock.now().toISOString();
  await spool(asked.map((item) => ({ ...item, spooledAt: at })));
  return asked.map((item) => denied(item, at));
}

const denied = (item: Pick<Item, 'decisionId'>, at: string): Decided => ({
  kind: 'decided',
  decisionId: item.decisionId,
  verdict: 'deny',
  reason: 'state_unavailable',
  replayed: false,
  text: JSON.stringify({
    decision: false,
    context: {
      reason: 'state_unavailable',
      message: 'Shared state could not be reached: denied.',
      evaluation_id: item.decisionId,
      evaluated_at: at,
      braid: { decision_id: item.decisionId, verdict: 'deny', exposures: [] },
    },
  } satisfies Answer),
});
