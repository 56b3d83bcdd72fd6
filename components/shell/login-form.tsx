'use client';

import { Alert, Button, PasswordInput, Stack, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { signInRequest } from '@/components/shell/sign-in-request';
import { wayBack } from '@/components/ui/way-back';

export function LoginForm() {
  const [error, setError] = useState<string>();
  const [busy, setBusy] = useState(false);
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    setBusy(true);
    setError(undefined);
    const wrong = await signInRequest(String(form.get('email')), String(form.get('password')));
    if (!wrong) return window.location.assign(wayBack(window.location.search, window.location.origin));
    setError(wrong);
    setBusy(false);
  };
  return (
    <form onSubmit={submit} method="post">
      <Stack gap="sm">
        <TextInput
          name="email"
          type="email"
          label="E-mail"
          autoComplete="username"
          maxLength={254}
          required
          withAsterisk={false}
          autoFocus
        />
        <PasswordInput
          name="password"
          label="Password"
          autoComplete="current-password"
          maxLength={256}
          required
          withAsterisk={false}
          visibilityToggleButtonProps={{ 'aria-label': 'Show or hide the password', tabIndex: 0 }}
        />
        {error ? (
          <Alert color="red" variant="outline" role="alert">
            {error}
          </Alert>
        ) : null}
        <Button type="submit" variant="filled" loading={busy} fullWidth mt={4}>
          Sign in
        </Button>
      </Stack>
    </form>
  );
}
