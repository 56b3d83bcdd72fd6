'use client';

import { Modal, Stack } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { type Acts, Follows } from '@/components/signals/follows';
import { FormFoot } from '@/components/ui/form-foot';
import type { ChangeSource, SignalActions, SourceRow } from '@/lib/signals/model';

interface DialogProps {
  row: SourceRow;
  onClose: () => void;
  actions: SignalActions;
}

function Form({ row, onClose, actions }: DialogProps) {
  const [acts, setActs] = useState(row.acts as Acts);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string>();
  const client = useQueryClient();
  const save = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setError(undefined);
    const answer = await actions.changeSource({ id: row.id, acts: acts as ChangeSource['acts'] });
    setBusy(false);
    if (answer.error) return setError(answer.error.message);
    notifications.show({ message: `This follows from what ${row.name} says from now on.` });
    void client.invalidateQueries({ queryKey: ['api'] });
    onClose();
  };
  return (
    <form onSubmit={save}>
      <Stack gap="sm">
        <Follows acts={acts} set={setActs} />
        <FormFoot error={error} title="Not done" onCancel={onClose} submit="Set what follows" busy={busy} />
      </Stack>
    </form>
  );
}

/** What what a system says may do here, changed. What came in before is not acted upon again. */
export function ActsDialog({ opened, ...rest }: DialogProps & { opened: boolean }) {
  const title = `What follows from what ${rest.row.name} says`;
  return (
    <Modal opened={opened} onClose={rest.onClose} size={680} title={title} closeOnClickOutside={false}>
      {opened ? <Form {...rest} /> : null}
    </Modal>
  );
}
