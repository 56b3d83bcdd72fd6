'use client';

import { Alert, Button, PasswordInput, Stack, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { signInRequest } from '@/components/shell/sign-in-request';
import type { FirstOperatorInput } from '@/lib/access/model';
import type { ActionError } from '@/lib/http/model';

interface SetupFormProps {
  token: string;
  create: (input: FirstOperatorInput) => Promise<{ error?: ActionError }>;
}

export function SetupForm({ token, create }: SetupFormProps) {
  const [error, setError] = useState<string>();
  const [busy, setBusy] = useState(false);
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const [email, name, password] = ['email', 'name', 'password'].map((field) => String(form.get(field))) as [
      string,
      string,
      string,
    ];
    setBusy(true);
    setError(undefined);
    const { error: refused } = await create({ token, email, name, password });
    if (!refused) {
      const wrong = await signInRequest(email, password);
      return window.location.assign(wrong ? '/login' : '/');
    }
    setError(refused.message);
    setBusy(false);
  };
  return (
    <form onSubmit={submit} method="post">
      <Stack gap="sm">
        <TextInput name="name" label="Your name" autoComplete="name" maxLength={100} required autoFocus />
        <TextInput name="email" type="email" label="E-mail" autoComplete="username" maxLength={254} required />
        <PasswordInput
          name="password"
          label="Password"
          description="At least 10 characters; a few words are better than signs."
          autoComplete="new-password"
          minLength={10}
          maxLength={256}
          required
          visibilityToggleButtonProps={{ 'aria-label': 'Show or hide the password', tabIndex: 0 }}
        />
        {error ? (
          <Alert color="red" variant="outline" role="alert">
            {error}
          </Alert>
        ) : null}
        <Button type="submit" variant="filled" loading={busy} fullWidth mt={4}>
          Create and sign in
        </Button>
      </Stack>
    </form>
  );
}
