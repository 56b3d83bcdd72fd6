import { actions } from '@/app/(console)/policies/bundle';
import { nearest } from '@/components/policies/nearest';
import { PolicySetView } from '@/components/policies/policy-set-view';
import { may } from '@/lib/access/model';
import { currentOperator } from '@/lib/access/operator';
import { show as showExposures } from '@/lib/exposures/show';
import type { PolicySetDetail } from '@/lib/policies/show';
import { surroundings } from '@/lib/policies/surroundings';

interface DetailProps {
  detail: PolicySetDetail;
  against: { version: number; source: string } | null;
}

/** What takes a while to read around a set: the page streams it. */
export async function Detail({ detail, against }: DetailProps) {
  const ctx = await currentOperator();
  const { name } = detail.set;
  const limited = [...new Set(detail.document?.rules.flatMap((rule) => ('limit' in rule ? [rule.limit.meter] : [])))];
  const [around, standing] = await Promise.all([
    surroundings(ctx, detail),
    Promise.all(limited.map(async (meter) => nearest(meter, (await showExposures(ctx, { set: name, meter })).items))),
  ]);
  return (
    <PolicySetView
      {...detail}
      {...around}
      against={against}
      standing={standing}
      manages={may(ctx.actor, 'policy.manage')}
      actions={actions}
    />
  );
}
