'use client';

import { Button, Progress, Text } from '@mantine/core';
import type { HuntActions } from '@/components/hunts/hunt-actions';
import { DataList } from '@/components/ui/data-list';
import { EmptyState } from '@/components/ui/empty-state';
import { ErrorState } from '@/components/ui/error-state';
import { Loading } from '@/components/ui/loading';
import { Panel } from '@/components/ui/panel';
import { StateBadge } from '@/components/ui/state-badge';
import { useApi } from '@/components/ui/use-api';
import { When } from '@/components/ui/when';
import { plural } from '@/lib/exposures/format';
import type { HuntDetail } from '@/lib/hunts/model';

/** What one hunt found, or how far it is. */
export function HuntResult({ id, stop }: { id: string; stop: HuntActions['stop'] }) {
  const { data: hunt, error } = useApi<HuntDetail>(`/hunts/${id}`, {}, { everyMs: 2_000 });
  if (error) return <ErrorState message={error.message} />;
  if (!hunt) return <Loading />;
  const { identities, identitiesTotal, found } = hunt.progress;
  const known = hunt.found.filter((one) => one.known).length;
  const running = hunt.state === 'running';
  return (
    <Panel
      title={running ? 'Hunting' : `Found ${found}`}
      note={
        running ? (
          <Button size="compact-xs" onClick={() => void stop({ id })}>
            Stop
          </Button>
        ) : (
          `${identities} ${plural(identities, 'identity', 'identities')}, ${hunt.from.slice(0, 10)} – ${hunt.to.slice(0, 10)}, ${hunt.raises ? 'raised' : known ? `nothing was raised; ${known} of them ${plural(known, 'is a finding', 'are findings')} already` : 'nothing was raised'}`
        )
      }
      flush
    >
      {running ? (
        <div style={{ padding: '0 16px 16px' }}>
          <Progress value={(100 * identities) / Math.max(1, identitiesTotal)} aria-label="Identities read" />
          <Text size="sm" c="dimmed" mt={6}>
            {identities} of {identitiesTotal} {plural(identitiesTotal, 'identity', 'identities')}, {found} found so far
          </Text>
        </div>
      ) : hunt.error ? (
        <ErrorState message={hunt.error} />
      ) : (
        <DataList
          caption="What the hunt found, most severe first"
          rows={hunt.found}
          rowKey={(row) => `${row.identityId} ${row.detector} ${row.firstSeenAt} ${row.summary}`}
          rowHref={(row) => `/identities/${row.identityId}?tab=findings`}
          maxHeight={520}
          empty={<EmptyState title="Nothing found">In this period nothing stood out against what is usual.</EmptyState>}
          columns={[
            {
              key: 'title',
              header: 'Finding',
              cell: (row) => (
                <>
                  {row.title}
                  <Text component="span" size="xs" c="dimmed" display="block" lineClamp={2} maw="80ch" fw={400}>
                    {row.summary}
                  </Text>
                </>
              ),
            },
            { key: 'severity', header: 'Severity', width: 90, cell: (row) => <StateBadge state={row.severity} /> },
            {
              key: 'identity',
              header: 'Identity',
              width: 190,
              cell: (row) => (
                <Text component="span" ff="monospace" size="xs">
                  {row.identityName}
                </Text>
              ),
            },
            {
              key: 'first',
              header: 'First seen',
              width: 150,
              cell: (row) => <When at={row.firstSeenAt} show="absolute" />,
            },
            { key: 'known', header: 'A finding', width: 90, cell: (row) => (row.known ? 'already' : 'not yet') },
          ]}
        />
      )}
    </Panel>
  );
}
