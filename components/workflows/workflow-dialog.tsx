'use client';

import { Modal, Stack, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { FormFoot } from '@/components/ui/form-foot';
import { IdentitiesSelect } from '@/components/workflows/identities-select';
import type { ActionError } from '@/lib/http/model';

interface WorkflowDialogProps {
  title: string;
  confirm: string;
  /** The name it has; absent: the name is settled and not asked. */
  name?: string;
  /** Ids that are in it already; absent: identities are not asked. */
  members?: readonly string[];
  onClose: () => void;
  /** Resolves to what it was refused for, shown inside. */
  onSave: (said: { name: string; identityIds: string[] }) => Promise<{ error?: ActionError }>;
}

/** Asks for a workflow's name, for identities that work for it, or for both. */
export function WorkflowDialog({ title, confirm, name: before, members, onClose, onSave }: WorkflowDialogProps) {
  const [name, setName] = useState(before ?? '');
  const [identityIds, setIdentityIds] = useState<string[]>([]);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string>();
  const ready = (before === undefined || name.trim() !== '') && (before !== undefined || identityIds.length > 0);
  const save = async (event: FormEvent) => {
    event.preventDefault();
    if (!ready || busy) return;
    setBusy(true);
    const result = await onSave({ name: name.trim(), identityIds });
    setBusy(false);
    if (result.error) return setError(result.error.message);
    onClose();
  };
  return (
    <Modal opened onClose={onClose} size={560} title={title}>
      <form onSubmit={(event) => void save(event)}>
        <Stack gap="sm">
          {before === undefined ? null : (
            <TextInput
              label="Name"
              description="What its identities act for"
              placeholder="payouts"
              required
              maxLength={200}
              value={name}
              onChange={(event) => setName(event.currentTarget.value)}
              data-autofocus
            />
          )}
          {members ? <IdentitiesSelect value={identityIds} onChange={setIdentityIds} without={members} /> : null}
          {members ? (
            <span>What a policy counts per workflow counts over all of them, from the next request on.</span>
          ) : null}
          <FormFoot
            error={error}
            title="Nothing was done"
            onCancel={onClose}
            submit={confirm}
            busy={busy}
            disabled={!ready}
          />
        </Stack>
      </form>
    </Modal>
  );
}
