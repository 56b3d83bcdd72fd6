'use client';

import { Stack } from '@mantine/core';
import type { HuntActions } from '@/components/hunts/hunt-actions';
import { HuntForm } from '@/components/hunts/hunt-form';
import { HuntResult } from '@/components/hunts/hunt-result';
import { DataList } from '@/components/ui/data-list';
import { EmptyState } from '@/components/ui/empty-state';
import { PageHeader } from '@/components/ui/page-header';
import { Panel } from '@/components/ui/panel';
import { StateBadge } from '@/components/ui/state-badge';
import { useApi } from '@/components/ui/use-api';
import { useFilters } from '@/components/ui/use-filters';
import { When } from '@/components/ui/when';
import { plural } from '@/lib/exposures/format';
import { DETECTORS, type Detector } from '@/lib/findings/model';
import type { Page } from '@/lib/http/model';
import type { HuntRow } from '@/lib/hunts/model';

interface HuntPageProps {
  initial: Page<HuntRow>;
  /** When the server read it, ISO. */
  now: string;
  actions: HuntActions;
}

const detectorsText = (names: readonly string[]): string =>
  names.length === 0 ? 'All detectors' : names.map((name) => DETECTORS[name as Detector] ?? name).join(', ');

const sentence = (hunts: readonly HuntRow[]): string => {
  const running = hunts.filter((hunt) => hunt.state === 'running').length;
  if (running > 0) return `${running} ${plural(running, 'hunt goes', 'hunts go')} through stored history.`;
  const last = hunts.find((hunt) => hunt.state === 'done');
  if (!last) return 'Nothing was hunted for yet.';
  const { found, identities } = last.progress;
  return `The last hunt found ${found} ${plural(found, 'cause')} in ${identities} ${plural(identities, 'identity', 'identities')}.`;
};

/** Detectors over what is stored already: what they would have raised, or raise now. */
export function HuntPage({ initial, now, actions }: HuntPageProps) {
  const [{ hunt }, set] = useFilters(['hunt']);
  const { data = initial } = useApi<Page<HuntRow>>('/hunts', { limit: 20 }, { initialData: initial, everyMs: 3_000 });
  const shown = hunt ?? data.items[0]?.id ?? null;
  return (
    <>
      <PageHeader
        title={sentence(data.items)}
        sub="A hunt runs detectors over sessions and events of the past, as if they came in anew: what is usual is learned from the month before."
      />
      <Stack gap="md">
        <HuntForm now={now} start={actions.start} started={(id) => void set({ hunt: id })} />
        {shown ? <HuntResult key={shown} id={shown} stop={actions.stop} /> : null}
        <Panel title="Hunts" flush>
          <DataList
            caption="Hunts, newest first"
            rows={data.items}
            rowKey={(row) => row.id}
            onRow={(row) => void set({ hunt: row.id })}
            empty={<EmptyState title="No hunt yet">Choose a period above. A dry hunt changes nothing.</EmptyState>}
            columns={[
              { key: 'what', header: 'Detectors', cell: (row) => detectorsText(row.detectors) },
              {
                key: 'period',
                header: 'Period',
                cell: (row) => `${row.from.slice(0, 10)} – ${row.to.slice(0, 10)}`,
                width: 190,
              },
              { key: 'mode', header: 'Mode', cell: (row) => (row.raises ? 'raises' : 'dry'), width: 80 },
              { key: 'found', header: 'Found', align: 'right', cell: (row) => row.progress.found, width: 80 },
              { key: 'by', header: 'By', cell: (row) => row.actorName, width: 180 },
              { key: 'at', header: 'Asked', cell: (row) => <When at={row.createdAt} />, width: 120 },
              { key: 'state', header: 'State', cell: (row) => <StateBadge state={row.state} />, width: 110 },
            ]}
          />
        </Panel>
      </Stack>
    </>
  );
}
