'use client';

import { Alert, Button, PasswordInput, Stack } from '@mantine/core';
import { useForm } from '@mantine/form';
import { notifications } from '@mantine/notifications';
import { useState } from 'react';
import { type ChangeOwnPasswordInput, passwordSchema } from '@/lib/access/model';
import type { ActionResult } from '@/lib/http/model';

interface PasswordFormProps {
  change: (input: ChangeOwnPasswordInput) => Promise<ActionResult<{ sessionsEnded: number }>>;
  onChanged: () => void;
}

const toggle = { 'aria-label': 'Show or hide the password', tabIndex: 0 };

export function PasswordForm({ change, onChanged }: PasswordFormProps) {
  const [error, setError] = useState<string>();
  const form = useForm({
    initialValues: { current: '', next: '', again: '' },
    validate: {
      current: (value) => (value ? null : 'is missing'),
      next: (value) => passwordSchema.safeParse(value).error?.issues[0]?.message ?? null,
      again: (value, values) => (value === values.next ? null : 'is not the same'),
    },
  });
  const submit = form.onSubmit(async ({ current, next }) => {
    const result = await change({ current, next });
    setError(result.error?.message);
    if (!result.data) return;
    const { sessionsEnded } = result.data;
    const others = sessionsEnded
      ? ` ${sessionsEnded} other ${sessionsEnded === 1 ? 'session' : 'sessions'} ended.`
      : '';
    notifications.show({ message: `Your password is changed.${others}` });
    form.reset();
    onChanged();
  });
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="sm">
        <PasswordInput
          label="Present password"
          autoComplete="current-password"
          maxLength={256}
          visibilityToggleButtonProps={toggle}
          {...form.getInputProps('current')}
        />
        <PasswordInput
          label="New password"
          description="At least 10 characters. Your other sessions end."
          autoComplete="new-password"
          maxLength={256}
          visibilityToggleButtonProps={toggle}
          {...form.getInputProps('next')}
        />
        <PasswordInput
          label="New password again"
          autoComplete="new-password"
          maxLength={256}
          visibilityToggleButtonProps={toggle}
          {...form.getInputProps('again')}
        />
        {error ? (
          <Alert color="red" variant="outline" role="alert">
            {error}
          </Alert>
        ) : null}
        <Button type="submit" variant="filled" loading={form.submitting} style={{ alignSelf: 'flex-start' }}>
          Change password
        </Button>
      </Stack>
    </form>
  );
}
