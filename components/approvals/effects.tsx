'use client';

import classes from '@/components/approvals/approvals.module.css';
import { ExposureBar } from '@/components/exposures/exposure-bars';
import type { Effect, RequestDetail } from '@/lib/approvals/model';
import { amountText, meterText, percentOf, scopeText, severalSets } from '@/lib/exposures/format';

/** Every exposure the request would move: what stands now and by whom, and what an approval would make of it. */
export function Effects({ detail }: { detail: RequestDetail }) {
  if (detail.effects.length === 0)
    return <p className={classes.dim}>It moves no exposure: an approval lets it pass and counts nothing.</p>;
  return (
    <ul className={classes.effects}>
      {detail.effects.map((effect) => (
        <li key={effect.exposureId}>
          <One effect={effect} resourceType={detail.request.resourceType} several={severalSets(detail.effects)} />
        </li>
      ))}
    </ul>
  );
}

function One({ effect, resourceType, several }: { effect: Effect; resourceType: string; several: boolean }) {
  const say = (minor: string | bigint) => amountText(minor, effect.scale);
  const now = BigInt(effect.settled) + BigInt(effect.held);
  const over = effect.limit !== null && BigInt(effect.after) > BigInt(effect.limit);
  return (
    <>
      <div>
        <span className={classes.mono}>{meterText(effect, several)}</span>{' '}
        <span className={classes.dim}>{scopeText(effect.scope, effect.keyName ?? effect.key, resourceType)}</span>
      </div>
      <ExposureBar exposure={{ ...effect, limit: effect.limit }} />
      <dl className={classes.numbers}>
        <div>
          <dt>now</dt>
          <dd>{say(now)}</dd>
        </div>
        <div>
          <dt>if approved</dt>
          <dd data-over={over || undefined}>
            {say(effect.after)}
            {effect.limit === null ? '' : ` · ${percentOf(effect.after, effect.limit)} %`}
          </dd>
        </div>
        <div>
          <dt>limit</dt>
          <dd>{effect.limit === null ? 'none' : amountText(effect.limit, effect.scale, effect.unit)}</dd>
        </div>
      </dl>
    </>
  );
}
