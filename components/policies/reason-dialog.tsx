'use client';

import { Alert, Button, Group, Modal, Stack, Textarea } from '@mantine/core';
import { type FormEvent, type ReactNode, useState } from 'react';
import type { ActionError } from '@/lib/http/model';

interface ReasonDialogProps {
  opened: boolean;
  onClose: () => void;
  title: string;
  /** What it will do. */
  children?: ReactNode;
  confirm: string;
  danger?: boolean;
  disabled?: boolean;
  size?: number | string;
  /** What stands in the reason at first. */
  usual?: string;
  onConfirm: (reason: string) => Promise<{ error?: ActionError }>;
}

/** Asks once, with a reason that is kept in the history and the audit log. */
export function ReasonDialog(props: ReasonDialogProps) {
  const { opened, onClose, title, children, confirm, danger, disabled, size = 560, usual = '', onConfirm } = props;
  const [reason, setReason] = useState(usual);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ActionError>();
  const close = () => {
    setError(undefined);
    onClose();
  };
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (busy || disabled || reason.trim().length < 3) return;
    setBusy(true);
    setError(undefined);
    try {
      const result = await onConfirm(reason.trim());
      if (result.error) return setError(result.error);
      setReason(usual);
      onClose();
    } catch {
      setError({ code: 'unreachable', message: 'Braid could not be reached. Nothing is known to have changed.' });
    } finally {
      setBusy(false);
    }
  };
  return (
    <Modal opened={opened} onClose={close} title={title} size={size}>
      <form onSubmit={submit}>
        <Stack gap="sm">
          <div>{children}</div>
          <Textarea
            label="Reason"
            description="Kept with the version and in the audit log"
            required
            minLength={3}
            maxLength={2000}
            autosize
            minRows={2}
            maxRows={6}
            data-autofocus
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
          />
          {error ? (
            <Alert color="red" variant="outline" title="Nothing was done" role="alert">
              {error.message}
            </Alert>
          ) : null}
          <Group justify="flex-end" gap="xs">
            <Button onClick={close}>Cancel</Button>
            <Button
              type="submit"
              variant="filled"
              color={danger ? 'red' : 'blue'}
              loading={busy}
              disabled={disabled || reason.trim().length < 3}
            >
              {confirm}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
