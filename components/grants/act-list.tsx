'use client';

import { Anchor, Group } from '@mantine/core';
import Link from 'next/link';
import { type Column, DataList } from '@/components/ui/data-list';
import { EmptyState } from '@/components/ui/empty-state';
import { shortened } from '@/components/ui/identifier';
import { Panel } from '@/components/ui/panel';
import ui from '@/components/ui/ui.module.css';
import { useInfiniteApi } from '@/components/ui/use-infinite-api';
import { When } from '@/components/ui/when';
import type { GrantRow } from '@/lib/access/grants/model';
import { actionWords } from '@/lib/audit/format';
import type { AuditRow } from '@/lib/audit/model';
import type { Page } from '@/lib/http/model';

const revocationOf = ({ detail, targetType, targetId }: AuditRow): string | null => {
  if (typeof detail.revocationId === 'string') return detail.revocationId;
  return targetType === 'revocation' ? targetId : null;
};

const COLUMNS: Column<AuditRow>[] = [
  { key: 'at', header: 'Time', width: 180, cell: (row) => <When at={row.at} show="absolute" /> },
  { key: 'action', header: 'Act', width: 190, cell: (row) => actionWords(row.action) },
  {
    key: 'target',
    header: 'On',
    cell: (row) => (
      <>
        {row.targetName ?? (row.targetId ? shortened(row.targetId, 18) : '–')}{' '}
        <span className={ui.panelNote}>{row.targetType?.replaceAll('_', ' ')}</span>
      </>
    ),
  },
  {
    key: 'reason',
    header: 'Reason',
    narrow: 'left out',
    cell: (row) => (row.reason ? shortened(row.reason, 80) : '–'),
  },
  {
    key: 'proof',
    header: 'Proof',
    width: 170,
    cell: (row) => {
      const revocation = revocationOf(row);
      return revocation ? (
        <Group gap={10} wrap="nowrap">
          <Link href={`/revocations/${revocation}`}>revocation</Link>
          <Anchor inherit href={`/api/v1/revocations/${revocation}/certificate`} download>
            certificate
          </Anchor>
        </Group>
      ) : (
        '–'
      );
    },
  },
];

const nothing = ({ state, role }: GrantRow): string => {
  if (state === 'waiting') return 'It waits: nothing can be done under it yet';
  if (state === 'live') return 'Nothing has been done under it yet';
  return role ? 'Nothing was done under it' : 'It was never held: nothing was done under it';
};

/** Everything that was done under a grant, in the order in which it was done. */
export function ActList({ grant, initial }: { grant: GrantRow; initial: Page<AuditRow> }) {
  const list = useInfiniteApi<AuditRow>(`/grants/${grant.id}/acts`, {}, initial);
  return (
    <Panel title="Done under it" note={<Link href={`/audit?grant=${grant.id}`}>the same in the audit log</Link>} flush>
      <DataList
        caption="Acts under this role"
        list={list}
        columns={COLUMNS}
        rowKey={(row) => row.id}
        empty={<EmptyState title={nothing(grant)} />}
      />
    </Panel>
  );
}
