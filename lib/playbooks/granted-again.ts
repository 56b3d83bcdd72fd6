import type { Tx } from '@/lib/db/transaction';
import { clock } from '@/lib/platform/clock';
import { attributesOf, givenTo } from '@/lib/playbooks/material/store';
import type { StepEvidence } from '@/lib/playbooks/model';
import { type GrantedThen, rightsOf, standingOf } from '@/lib/playbooks/privileges-state';

interface Contained {
  identityId: string;
  granted: unknown;
  steps: { kind: string; state: string; evidence: unknown }[];
}

/** What was named as taken away, and is granted now. */
export async function grantedAgain(tx: Tx, { identityId, granted, steps }: Contained): Promise<string[]> {
  const step = steps.find((one) => one.kind === 'privilege_reduction' && one.state === 'done');
  const removed = (step?.evidence as StepEvidence | undefined)?.removed ?? [];
  if (removed.length === 0 || !granted) return [];
  const now = {
    rights: rightsOf(await attributesOf(tx, identityId)),
    consents: await givenTo(identityId, clock.now(), tx),
  };
  const names = new Set(removed.map((one) => one.what));
  return standingOf(granted as GrantedThen, now)
    .filter((one) => one.stands && names.has(one.what))
    .map((one) => one.what);
}
