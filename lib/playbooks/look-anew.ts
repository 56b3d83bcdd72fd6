import { systemCtx } from '@/lib/access/model';
import { sync } from '@/lib/connectors/sync';
import { lookedAt } from '@/lib/playbooks/material/store';
import type { Granted } from '@/lib/playbooks/model';

/** What is named as taken away is still granted: its systems are asked to be looked at anew. Says so, and as of when it is so. */
export async function lookAnew(identityId: string, left: readonly Granted[]): Promise<string> {
  const connectors = await lookedAt(identityId);
  for (const { id } of connectors) await sync(systemCtx('playbook'), { id });
  const names = left.map((one) => one.what).join('; ');
  const looked = connectors.map(({ name, lastSyncAt }) => `${name} ${lastSyncAt?.toISOString() ?? 'never'}`);
  const asOf = looked.length
    ? `as it was last looked at (${looked.join(', ')}). It is looked at anew now: finish this once it is gone.`
    : 'and no connected system tells whether it is gone: say it in words.';
  return `Still granted: ${names.slice(0, 400)}, ${asOf}`.slice(0, 900);
}
