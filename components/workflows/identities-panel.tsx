'use client';

import { Button } from '@mantine/core';
import Link from 'next/link';
import { useState } from 'react';
import { ReasonDialog } from '@/components/policies/reason-dialog';
import { useMay } from '@/components/shell/operator-context';
import { DataList } from '@/components/ui/data-list';
import { EmptyState } from '@/components/ui/empty-state';
import { Panel } from '@/components/ui/panel';
import { StateBadge } from '@/components/ui/state-badge';
import ui from '@/components/ui/ui.module.css';
import { When } from '@/components/ui/when';
import type { WorkflowActions } from '@/components/workflows/actions-model';
import { WorkflowDialog } from '@/components/workflows/workflow-dialog';
import { kindText } from '@/lib/identities/format';
import type { IdentityRow } from '@/lib/identities/model';
import type { WorkflowDetail } from '@/lib/workflows/model';

interface IdentitiesPanelProps {
  workflow: WorkflowDetail;
  actions: Pick<WorkflowActions, 'add' | 'take'>;
  /** Reads anew what was changed. */
  renew: () => void;
}

/** Who works for it; identities come in and go out here. */
export function IdentitiesPanel({ workflow, actions, renew }: IdentitiesPanelProps) {
  const [adding, setAdding] = useState(false);
  const [taking, setTaking] = useState<IdentityRow>();
  const may = useMay('identity.annotate');
  const { id, members, identities } = workflow;
  const renewed = <Result extends { error?: unknown }>(result: Result): Result => {
    if (!result.error) renew();
    return result;
  };
  return (
    <Panel
      title="Identities"
      note={
        may ? (
          <Button size="compact-sm" onClick={() => setAdding(true)}>
            Add identities…
          </Button>
        ) : null
      }
      flush
    >
      <DataList
        caption="Identities that work for it"
        rows={members}
        rowKey={(row) => row.id}
        rowHref={(row) => `/identities/${row.id}`}
        empty={<EmptyState title="Nobody works for it yet" />}
        columns={[
          { key: 'name', header: 'Identity', cell: (row) => <span className={ui.mono}>{row.name}</span> },
          { key: 'kind', header: 'Kind', width: 140, narrow: 'left out', cell: (row) => kindText(row.kind) },
          { key: 'state', header: 'State', width: 110, cell: (row) => <StateBadge state={row.state} /> },
          { key: 'live', header: 'Live', align: 'right', width: 70, cell: (row) => row.liveSessions },
          {
            key: 'seen',
            header: 'Last seen',
            align: 'right',
            width: 110,
            cell: (row) => <When at={row.lastSeenAt} never="never" />,
          },
          {
            key: 'out',
            header: '',
            align: 'right',
            width: 100,
            cell: (row) =>
              may ? (
                <Button size="compact-sm" onClick={() => setTaking(row)} aria-label={`Remove ${row.name}`}>
                  Remove…
                </Button>
              ) : null,
          },
        ]}
      />
      {identities > members.length ? (
        <Link href={`/identities?workflowId=${id}`}>all {identities} identities</Link>
      ) : null}
      {adding ? (
        <WorkflowDialog
          title={`Add identities to ${workflow.name}`}
          confirm="Add them"
          members={members.map((one) => one.id)}
          onClose={() => setAdding(false)}
          onSave={async ({ identityIds }) => renewed(await actions.add({ id, identityIds }))}
        />
      ) : null}
      <ReasonDialog
        opened={taking !== undefined}
        onClose={() => setTaking(undefined)}
        title={`Remove ${taking?.name ?? ''} from ${workflow.name}`}
        confirm="Remove it from the workflow"
        danger
        onConfirm={async (reason) => renewed(await actions.take({ id, identityIds: [taking!.id], reason }))}
      >
        What it does is counted with the others no more, from the next request on. What it has used up stays used up.
      </ReasonDialog>
    </Panel>
  );
}
