import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import * as store from '@/lib/policies/store';

/**
 * Whether every exemption was made as the audit log says and is over where the log says that it was ended. `since`: the first
 * day whose audit rows are all kept (YYYY-MM-DD); null: all of them.
 */
export async function proveExemptions(
  ctx: Ctx,
  { since }: { since: string | null },
): Promise<{ record: string; message: string }[]> {
  authorise(ctx, 'console.read');
  const wrong = await store.unprovenExemptions(since);
  return wrong.map(({ id, policy_set, rule_id, why }) => ({
    record: `exemption ${id}`,
    message: `exemption ${id} from ${policy_set}/${rule_id} ${WHY[why]}`,
  }));
}

const WHY = {
  nobody: 'has no sealed audit entry that says anybody made it.',
  other:
    'is not what was made: its set, rule, whom it exempts, until when or by whom is another than its audit entry says.',
  ended: 'was ended, and no longer says so.',
} as const;
