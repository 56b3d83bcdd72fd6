'use client';

import { Button, Text } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { ExposureBars } from '@/components/exposures/exposure-bars';
import classes from '@/components/identities/identities.module.css';
import { ReasonDialog } from '@/components/policies/reason-dialog';
import { useMay } from '@/components/shell/operator-context';
import { PageHeader } from '@/components/ui/page-header';
import { Panel } from '@/components/ui/panel';
import { useApi } from '@/components/ui/use-api';
import { When } from '@/components/ui/when';
import type { WorkflowActions } from '@/components/workflows/actions-model';
import { IdentitiesPanel } from '@/components/workflows/identities-panel';
import { LivePanel } from '@/components/workflows/live-panel';
import { workflowSentence } from '@/components/workflows/words';
import { WorkflowDialog } from '@/components/workflows/workflow-dialog';
import type { Page } from '@/lib/http/model';
import type { SessionRow } from '@/lib/sessions/model';
import type { WorkflowDetail } from '@/lib/workflows/model';

interface WorkflowPageProps {
  initial: WorkflowDetail;
  sessions: Page<SessionRow>;
  actions: WorkflowActions;
}

/** One workflow: who acts for it, what their sessions do together, and what that uses up. */
export function WorkflowPage({ initial, sessions, actions }: WorkflowPageProps) {
  const { id } = initial;
  const { data: workflow = initial } = useApi<WorkflowDetail>(`/workflows/${id}`, {}, { initialData: initial });
  const [asked, setAsked] = useState<'rename' | 'remove'>();
  const may = useMay('identity.annotate');
  const router = useRouter();
  const client = useQueryClient();
  const renew = () => void client.invalidateQueries({ queryKey: ['api'] });
  const close = () => setAsked(undefined);
  return (
    <>
      <PageHeader
        title={`${workflow.name}${workflowSentence(workflow).replace(/^(?!:)/, ' ')}`}
        sub={
          <>
            Workflow, made <When at={workflow.createdAt} /> ·{' '}
            <Link href={`/decisions?workflowId=${id}`}>decisions on all of them</Link>
          </>
        }
        actions={
          may ? (
            <>
              <Button onClick={() => setAsked('rename')}>Rename…</Button>
              <Button onClick={() => setAsked('remove')}>Remove…</Button>
            </>
          ) : null
        }
      />
      <div className={classes.columns}>
        <div className={classes.column}>
          <IdentitiesPanel workflow={workflow} actions={actions} renew={renew} />
          <LivePanel workflowId={id} initial={sessions} />
        </div>
        <div className={`${classes.column} ${classes.side}`}>
          <Panel title="Exposure" note="settled + held / limit">
            {workflow.exposures.length > 0 ? (
              <ExposureBars exposures={workflow.exposures} names={{ [id]: workflow.name }} />
            ) : (
              <Text size="sm" c="dimmed">
                Nothing is counted over it yet. A policy’s meter with <code>per: workflow</code> does, from the next
                request of any of its identities.
              </Text>
            )}
          </Panel>
        </div>
      </div>
      {asked === 'rename' ? (
        <WorkflowDialog
          title={`Rename ${workflow.name}`}
          confirm="Rename it"
          name={workflow.name}
          onClose={close}
          onSave={async ({ name }) => {
            const result = await actions.rename({ id, name });
            if (!result.error) renew();
            return result;
          }}
        />
      ) : null}
      <ReasonDialog
        opened={asked === 'remove'}
        onClose={close}
        title={`Remove ${workflow.name}`}
        confirm="Remove this workflow"
        danger
        onConfirm={async (reason) => {
          const result = await actions.remove({ id, reason });
          if (!result.error) router.push('/workflows');
          return result;
        }}
      >
        Its {workflow.identities} identities stay. No limit spans them from the next request on.
      </ReasonDialog>
    </>
  );
}
