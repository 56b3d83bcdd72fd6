import { giveBack } from '@/app/(console)/decisions/bundle';
import { found } from '@/app/(console)/identities/[id]/found';
import { actions } from '@/app/(console)/identities/bundle';
import { startPlaybook } from '@/app/(console)/playbooks/actions';
import { actions as policies } from '@/app/(console)/policies/bundle';
import { actions as revocations } from '@/app/(console)/revocations/bundle';
import { actions as workflows } from '@/app/(console)/workflows/bundle';
import { IdentityPage } from '@/components/identities/identity-page';
import { Crumb } from '@/components/shell/crumbs';
import { currentOperator } from '@/lib/access/operator';
import { list as listDecisions } from '@/lib/decisions/list';
import { standing } from '@/lib/identities/standing';
import { clock } from '@/lib/platform/clock';
import { exemptionsOf } from '@/lib/policies/exemptions-of';
import { concurrencyQuerySchema } from '@/lib/sessions/model';
import { showConcurrency } from '@/lib/sessions/show-concurrency';

/** What takes a while to read of an identity: the page streams it. */
export async function Detail({ id, query: { range, from, to } }: { id: string; query: Record<string, string> }) {
  const ctx = await currentOperator();
  const identity = await found(id);
  const asked = concurrencyQuerySchema.safeParse({ identityId: id, ...(from && to ? { from, to } : { range }) });
  const [now, concurrency, decisions, exemptions] = await Promise.all([
    standing(ctx, { id }),
    showConcurrency(ctx, asked.success ? asked.data : { identityId: id }),
    listDecisions(ctx, { identityId: id, limit: 20 }),
    exemptionsOf(ctx, { identityId: id }).then((of) => ({ ...of, actions: policies })),
  ]);
  const initial = { identity, standing: now, concurrency, decisions };
  return (
    <>
      <Crumb parts={[{ label: identity.name, mono: true }]} />
      <IdentityPage
        key={id}
        {...{ initial, revocations, giveBack, actions, exemptions, workflows, startPlaybook }}
        at={clock.now().toISOString()}
      />
    </>
  );
}
