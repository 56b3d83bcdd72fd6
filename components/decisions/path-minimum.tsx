'use client';

import shared from '@/components/decisions/decisions.module.css';
import { minimumWords } from '@/components/decisions/minimum-words';
import classes from '@/components/decisions/path.module.css';
import { focusStep } from '@/components/decisions/path-geometry';
import { useLocalTime } from '@/components/decisions/use-local-time';
import { EndMinimum } from '@/components/exposures/end-minimum';
import { MinimumTable } from '@/components/exposures/minimum-table';
import { useApi } from '@/components/ui/use-api';
import type { Path } from '@/lib/decisions/path-model';
import type { MinimumSet } from '@/lib/replay/minimum-set-model';
import type { RevocationActions } from '@/lib/revocations/actions-model';

/** What the refused request (else the next) would have needed, in minor units. */
const needOf = (path: Path): string => {
  const index = focusStep(path);
  const step = index === null ? undefined : path.steps[index];
  return step?.kind === 'refused' ? step.amount : '0';
};

/** The fewest sessions to end so that there is room again, and what ending can't bring back. */
export function PathMinimum({ path, actions }: { path: Path; actions: RevocationActions }) {
  const time = useLocalTime();
  const need = needOf(path);
  const { data } = useApi<MinimumSet>(
    `/exposures/${path.exposure.id}/minimum-set`,
    { need },
    { enabled: path.exposure.limit !== null },
  );
  if (!data || data.limit === null || (data.missing === '0' && need === '0')) return null;
  const ids = data.minimum ?? [];
  const labels = ids.map((id) => data.sessions.find((one) => one.sessionId === id)?.label ?? 'a session');
  return (
    <div className={classes.minimum}>
      <p>{minimumWords(data, labels, (iso) => time(iso))}</p>
      {data.sessions.some((one) => one.back !== '0') ? <MinimumTable found={data} /> : null}
      {ids.length > 0 ? (
        <p className={shared.dim}>
          What they hold is given back. Work that a hold let begin is counted no more
          {data.exact ? '' : '; with so many sessions the largest were taken first, fewer value might do'}.
        </p>
      ) : null}
      <EndMinimum found={data} actions={actions} />
    </div>
  );
}
