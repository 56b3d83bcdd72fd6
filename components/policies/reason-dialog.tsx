'use client';

import { Alert, Button, Group, Modal, PasswordInput, Stack, Textarea } from '@mantine/core';
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
  /** Where the reason is kept; absent: that of a version. */
  kept?: string;
  /** `password`: only where it was asked for, because the sign-in is not fresh. */
  onConfirm: (reason: string, password?: string) => Promise<{ error?: ActionError }>;
}

/** Asks once, with a reason that is kept in the history and the audit log. */
export function ReasonDialog(props: ReasonDialogProps) {
  const { opened, onClose, title, children, confirm, danger, disabled, size = 560, usual = '', onConfirm } = props;
  const [reason, setReason] = useState(usual);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ActionError>();
  const [password, setPassword] = useState('');
  const [asked, setAsked] = useState(false);
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
      const result = await onConfirm(reason.trim(), password || undefined);
      if (result.error?.code === 'access.confirm') setAsked(true);
      if (result.error) return setError(result.error);
      setPassword('');
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
            description={props.kept ?? 'Kept with the version and in the audit log'}
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
          {asked ? (
            <PasswordInput
              label="Your password"
              autoComplete="current-password"
              autoFocus
              required
              maxLength={256}
              value={password}
              onChange={(event) => setPassword(event.currentTarget.value)}
            />
          ) : null}
          {error ? (
            <Alert
              color={error.code === 'access.confirm' ? 'blue' : 'red'}
              variant="outline"
              title={error.code === 'access.confirm' ? 'Is it you?' : 'Nothing was done'}
              role="alert"
            >
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
