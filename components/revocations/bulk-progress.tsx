'use client';

import { Button, Group, Stack, Text } from '@mantine/core';
import Link from 'next/link';
import { ActionProgress } from '@/components/revocations/action-progress';
import { BulkRows } from '@/components/revocations/bulk-rows';
import { DataList } from '@/components/ui/data-list';
import { duration } from '@/components/ui/dates';
import { StateBadge } from '@/components/ui/state-badge';
import { useApi } from '@/components/ui/use-api';
import { type BulkResult, opensAccess, type Progress } from '@/lib/revocations/bulk-model';

/** Each revocation on its way, until the last has come as far as it goes by itself. */
export function BulkProgress({ result, onClose }: { result: BulkResult; onClose: () => void }) {
  const { data } = useApi<Progress>(
    '/revocations/progress',
    { actionId: result.actionId },
    { everyMs: 400, enabled: result.revocationIds.length > 0 },
  );
  const left = result.rows.filter((row) => !row.eligible);
  const none = { total: result.revocationIds.length, settled: 0, verified: 0 };
  return (
    <Stack gap="sm">
      {result.revocationIds.length === 0 ? (
        <Text size="sm" role="status">
          Nothing was done: every row was left out.
        </Text>
      ) : (
        <ActionProgress
          progress={data ?? none}
          note={opensAccess(result.kind) ? '' : ' The decision point refuses them from the next request.'}
        />
      )}
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
      <Group justify="space-between">
        {result.revocationIds.length ? (
          <Link href={`/revocations?actionId=${result.actionId}`} onClick={onClose}>
            All of this action, to come back to
          </Link>
        ) : (
          <span />
        )}
        <Button onClick={onClose} data-autofocus>
          Close
        </Button>
      </Group>
    </Stack>
  );
}
