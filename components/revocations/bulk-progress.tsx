'use client';

import { Progress as Bar, Button, Group, Stack, Text } from '@mantine/core';
import { BulkRows } from '@/components/revocations/bulk-rows';
import { DataList } from '@/components/ui/data-list';
import { duration } from '@/components/ui/dates';
import { StateBadge } from '@/components/ui/state-badge';
import { useApi } from '@/components/ui/use-api';
import { plural } from '@/lib/exposures/format';
import type { BulkResult, Progress } from '@/lib/revocations/bulk-model';

/** Each revocation on its way, until the last has come as far as it goes by itself. */
export function BulkProgress({ result, onClose }: { result: BulkResult; onClose: () => void }) {
  const ids = result.revocationIds;
  const { data } = useApi<Progress>(
    '/revocations/progress',
    { ids: ids.join(',') },
    { everyMs: 400, enabled: ids.length > 0 },
  );
  const settled = data?.settled ?? 0;
  const total = data?.total ?? ids.length;
  const left = result.rows.filter((row) => !row.eligible);
  const verified = data?.items.filter((one) => one.state === 'verified').length ?? 0;
  return (
    <Stack gap="sm">
      <Text size="sm" role="status">
        {ids.length === 0
          ? 'Nothing was done: every row was left out.'
          : `${settled} of ${total} ${plural(total, 'revocation has', 'revocations have')} come as far as they go; ${verified} verified. The decision point refuses them from the next request.`}
      </Text>
      {ids.length ? <Bar value={total ? (100 * settled) / total : 0} aria-label="Come to rest" /> : null}
      <DataList
        caption="Revocations of this action"
        rows={data?.items ?? []}
        rowKey={(row) => row.id}
        rowHref={(row) => `/revocations/${row.id}`}
        maxHeight={320}
        empty={null}
        columns={[
          { key: 'identity', header: 'Identity', cell: (row) => <span className="mono">{row.identityName}</span> },
          { key: 'state', header: 'State', cell: (row) => <StateBadge state={row.state} /> },
          {
            key: 'took',
            header: 'Click to verified',
            align: 'right',
            cell: (row) => (row.verifiedMs === null ? '–' : duration(row.verifiedMs)),
          },
        ]}
      />
      {left.length ? <BulkRows rows={left} kind={result.kind} /> : null}
      <Group justify="flex-end">
        <Button onClick={onClose} data-autofocus>
          Close
        </Button>
      </Group>
    </Stack>
  );
}
