'use client';

import { Button, Modal, Stack } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import Link from 'next/link';
import { type FormEvent, useState } from 'react';
import classes from '@/components/identities/identities.module.css';
import { useMay } from '@/components/shell/operator-context';
import { FormFoot } from '@/components/ui/form-foot';
import { Panel } from '@/components/ui/panel';
import type { WorkflowActions } from '@/components/workflows/actions-model';
import { WorkflowSelect } from '@/components/workflows/workflow-select';
import { plural } from '@/lib/exposures/format';
import type { IdentityDetail } from '@/lib/identities/model';

interface IdentityWorkflowsProps {
  identity: Pick<IdentityDetail, 'id' | 'name' | 'workflows'>;
  actions: Pick<WorkflowActions, 'add'>;
}

/** What an identity acts for, together with others. */
export function IdentityWorkflows({ identity, actions }: IdentityWorkflowsProps) {
  const [adding, setAdding] = useState(false);
  const may = useMay('identity.annotate');
  const { workflows } = identity;
  return (
    <Panel
      title="Workflows"
      note={
        may ? (
          <Button size="compact-sm" onClick={() => setAdding(true)}>
            Add to a workflow…
          </Button>
        ) : null
      }
    >
      {workflows.length === 0 ? (
        <p className={classes.dim} style={{ margin: 0 }}>
          It acts for no workflow: no limit spans it and others.
        </p>
      ) : (
        <ul style={{ listStyle: 'none', margin: 0, padding: 0 }}>
          {workflows.map((one) => (
            <li key={one.id}>
              <Link href={`/workflows/${one.id}`}>{one.name}</Link>{' '}
              <span className={classes.dim}>
                {one.members > 1
                  ? `with ${one.members - 1} ${plural(one.members - 1, 'other identity', 'other identities')}`
                  : 'alone so far'}
              </span>
            </li>
          ))}
        </ul>
      )}
      {adding ? <AddDialog identity={identity} actions={actions} onClose={() => setAdding(false)} /> : null}
    </Panel>
  );
}

function AddDialog({ identity, actions, onClose }: IdentityWorkflowsProps & { onClose: () => void }) {
  const [chosen, setChosen] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string>();
  const client = useQueryClient();
  const save = async (event: FormEvent) => {
    event.preventDefault();
    if (!chosen || busy) return;
    setBusy(true);
    const result = await actions.add({ id: chosen, identityIds: [identity.id] });
    setBusy(false);
    if (result.error) return setError(result.error.message);
    void client.invalidateQueries({ queryKey: ['api'] });
    onClose();
  };
  return (
    <Modal opened onClose={onClose} size={480} title={`Add ${identity.name} to a workflow`}>
      <form onSubmit={(event) => void save(event)}>
        <Stack gap="sm">
          <WorkflowSelect value={chosen} onChange={setChosen} />
          <span>
            What a policy counts per workflow counts over all of its identities, from the next request on.{' '}
            <Link href="/workflows">Make another one</Link>
          </span>
          <FormFoot
            error={error}
            title="Nothing was done"
            onCancel={onClose}
            submit="Add it"
            busy={busy}
            disabled={!chosen}
          />
        </Stack>
      </form>
    </Modal>
  );
}
