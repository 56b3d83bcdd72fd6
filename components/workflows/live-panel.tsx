'use client';

import Link from 'next/link';
import { systemName } from '@/components/sessions/system-name';
import { DataList } from '@/components/ui/data-list';
import { EmptyState } from '@/components/ui/empty-state';
import { Panel } from '@/components/ui/panel';
import { StateBadge } from '@/components/ui/state-badge';
import ui from '@/components/ui/ui.module.css';
import { useInfiniteApi } from '@/components/ui/use-infinite-api';
import { When } from '@/components/ui/when';
import type { Page } from '@/lib/http/model';
import type { SessionRow } from '@/lib/sessions/model';

/** Every session that lives now, of whichever identity of the workflow. */
export function LivePanel({ workflowId, initial }: { workflowId: string; initial: Page<SessionRow> }) {
  const list = useInfiniteApi<SessionRow>('/sessions', { workflowId, live: 'true' }, initial);
  return (
    <Panel
      title="Live sessions over all"
      note={<Link href={`/sessions?workflowId=${workflowId}`}>all sessions</Link>}
      flush
    >
      <DataList
        caption="Live sessions of all its identities, newest first"
        list={list}
        rowKey={(row) => row.id}
        rowHref={(row) => `/sessions/${row.id}`}
        maxHeight={460}
        empty={<EmptyState title="No session of its identities is live" />}
        columns={[
          { key: 'session', header: 'Session', cell: (row) => row.label },
          { key: 'identity', header: 'Identity', cell: (row) => <span className={ui.mono}>{row.identityName}</span> },
          {
            key: 'where',
            header: 'Where',
            narrow: 'left out',
            cell: (row) => [systemName(row.source), row.network, row.region].filter(Boolean).join(' · '),
          },
          { key: 'state', header: 'State', width: 110, cell: (row) => <StateBadge state={row.state} /> },
          { key: 'at', header: 'Started', align: 'right', width: 110, cell: (row) => <When at={row.startedAt} /> },
        ]}
      />
    </Panel>
  );
}
