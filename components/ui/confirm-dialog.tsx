'use client';

import { Alert, Button, Group, Modal, Select, Stack, Textarea } from '@mantine/core';
import { type FormEvent, type ReactNode, useState } from 'react';
import type { ActionError } from '@/lib/http/model';

export interface Confirmed {
  reasonCode: string;
  reason: string;
}

interface ConfirmDialogProps {
  opened: boolean;
  onClose: () => void;
  title: string;
  /** What it will hit, what can't be ended and until when, measured times. */
  children?: ReactNode;
  /** What the button does and how many it hits: "Terminate 2 sessions". */
  confirm: string;
  danger?: boolean;
  /** Code → words; the first is chosen beforehand. Absent: no reason is asked. */
  reasons?: Record<string, string>;
  /** Runs the action. Resolves to its error, shown inside; without one the dialog closes. */
  onConfirm: (confirmed: Confirmed) => Promise<{ error?: ActionError } | undefined>;
  /** Not yet: what it hits is still being looked up, or nothing can be done. */
  disabled?: boolean;
  size?: number | string;
}

/** Asks once, plainly. The button has the focus, so click + Enter does it. */
export function ConfirmDialog(props: ConfirmDialogProps) {
  const { opened, onClose, title, children, confirm, danger = true, reasons, onConfirm, disabled } = props;
  const codes = Object.keys(reasons ?? {});
  const [reasonCode, setReasonCode] = useState(codes[0] ?? '');
  const [reason, setReason] = useState('');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ActionError>();
  const close = () => {
    setError(undefined);
    onClose();
  };
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (busy || disabled) return;
    setBusy(true);
    setError(undefined);
    try {
      const result = await onConfirm({ reasonCode, reason });
      if (result?.error) return setError(result.error);
      setReason('');
      onClose();
    } catch {
      setError({ code: 'unreachable', message: 'Braid could not be reached. Nothing is known to have changed.' });
    } finally {
      setBusy(false);
    }
  };
  return (
    <Modal opened={opened} onClose={close} title={title} size={props.size ?? 560}>
      <form onSubmit={submit}>
        <Stack gap="sm">
          <div>{children}</div>
          {reasons ? (
            <>
              <Select
                label="Reason"
                data={Object.entries(reasons).map(([value, label]) => ({ value, label }))}
                value={reasonCode}
                onChange={(value) => setReasonCode(value ?? codes[0] ?? '')}
                allowDeselect={false}
              />
              <Textarea
                label="In your words (optional)"
                value={reason}
                onChange={(event) => setReason(event.currentTarget.value)}
                maxLength={2000}
                autosize
                minRows={2}
                maxRows={6}
              />
            </>
          ) : null}
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
              disabled={disabled}
              data-autofocus
            >
              {confirm}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
