import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { boundDigest } from '@/lib/approvals/grant';
import { type Granted, grantedAfter } from '@/lib/approvals/store';

const AT_ONCE = 500;

export interface Unproven {
  /** What it is about: `approval <id of its request>`. */
  record: string;
  message: string;
}

/**
 * Whether every approval that lets requests pass was granted as the audit log says, for what it says, is still withdrawn
 * where it was, and counts no fewer uses than the decision log has. `used`: uses in the log by approval id. `since`: the first
 * day whose audit rows are all kept (YYYY-MM-DD); null: all of them.
 */
export async function prove(
  ctx: Ctx,
  { used, since }: { used: ReadonlyMap<string, number>; since: string | null },
): Promise<Unproven[]> {
  authorise(ctx, 'console.read');
  const found: Unproven[] = [];
  for (let after = '00000000-0000-0000-0000-000000000000'; ; ) {
    const page = await grantedAfter(after, since, AT_ONCE);
    for (const one of page) {
      const record = `approval ${one.id}`;
      for (const why of faultsOf(one, used.get(one.approvalId) ?? 0))
        found.push({ record, message: `${record} ${why}` });
    }
    if (page.length < AT_ONCE) return found;
    after = page.at(-1)!.id;
  }
}

function faultsOf(one: Granted, used: number): string[] {
  const { grant } = one;
  if (!grant) return ['lets requests pass, and no sealed audit entry says that anybody granted it.'];
  const said = grant.detail;
  const differs = [
    said.identityId === one.identityId ? null : 'its identity',
    said.decisionId === one.decisionId ? null : 'what it was asked for',
    said.uses === one.uses ? null : `its uses (${one.uses}, granted ${said.uses})`,
    said.until === one.approvedUntil?.toISOString()
      ? null
      : `its end (${one.approvedUntil?.toISOString()}, granted ${said.until})`,
    grant.kind === one.answeredByKind && grant.name === one.answeredBy ? null : 'who granted it',
    // Approvals from before their content was sealed have no digest of it.
    said.bound === undefined || said.bound === boundDigest(one) ? null : 'what it is bound to',
  ].filter((what) => what !== null);
  return [
    ...(differs.length ? [`is not what was granted: ${differs.join(', ')}.`] : []),
    ...(one.taken && !one.withdrawnAt ? ['was withdrawn, and no longer says so.'] : []),
    ...(one.used < used - one.givenBack
      ? [`says it was used ${one.used} times; the log has ${used - one.givenBack}.`]
      : []),
  ];
}
