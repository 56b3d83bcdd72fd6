'use client';

import { Alert, Button, Checkbox, CopyButton, Group, Modal, NumberInput, Stack, Text, TextInput } from '@mantine/core';
import { schemaResolver, useForm } from '@mantine/form';
import { useState } from 'react';
import classes from '@/components/settings/settings.module.css';
import { type CreateTokenInput, createTokenSchema, type Scope, type TokenRow } from '@/lib/access/model';
import type { ActionResult } from '@/lib/http/model';

export interface MadeToken {
  id: string;
  name: string;
  token: string;
  row: TokenRow;
}

const SCOPE_WORDS: Record<Scope, string> = {
  decide: 'ask for decisions, settle and release holds',
  ingest: 'send events and logs',
  read: 'read everything the console shows',
  respond: 'read, and end, pause, revoke, rotate and restore',
  admin: 'everything, including operators, tokens and new secrets',
};

interface NewTokenProps {
  opened: boolean;
  onClose: () => void;
  urls: { api: string; pdp: string };
  create: (input: CreateTokenInput) => Promise<ActionResult<MadeToken>>;
  onCreated: () => void;
}

export function NewToken({ opened, onClose, urls, create, onCreated }: NewTokenProps) {
  const [made, setMade] = useState<MadeToken>();
  const close = () => {
    onClose();
    setMade(undefined);
  };
  return (
    <Modal
      opened={opened}
      onClose={close}
      title={made ? `${made.name} is ready` : 'Create token'}
      size={580}
      closeOnClickOutside={!made}
    >
      {made ? (
        <Ready made={made} urls={urls} onClose={close} />
      ) : (
        <TokenForm
          create={create}
          onClose={close}
          onMade={(token) => {
            setMade(token);
            onCreated();
          }}
        />
      )}
    </Modal>
  );
}

function TokenForm(props: { create: NewTokenProps['create']; onClose: () => void; onMade: (made: MadeToken) => void }) {
  const [error, setError] = useState<string>();
  const form = useForm<CreateTokenInput>({
    initialValues: { name: '', scopes: ['decide'], issuer: 'default', expiresInDays: 365 },
    validate: schemaResolver(createTokenSchema, { sync: true }),
  });
  const submit = form.onSubmit(async (values) => {
    const result = await props.create(values);
    setError(result.error?.message);
    if (result.data) props.onMade(result.data);
  });
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="sm">
        <TextInput
          label="Name"
          placeholder="payments-service production"
          maxLength={100}
          data-autofocus
          {...form.getInputProps('name')}
        />
        <Checkbox.Group label="May" {...form.getInputProps('scopes')}>
          <Stack gap={8} mt={6}>
            {Object.entries(SCOPE_WORDS).map(([scope, words]) => (
              <Checkbox key={scope} value={scope} label={`${scope}: ${words}`} />
            ))}
          </Stack>
        </Checkbox.Group>
        <TextInput
          label="Issuer"
          description="The namespace in which the subject ids this service sends are read. Two services that mean the same identities share one."
          maxLength={200}
          {...form.getInputProps('issuer')}
        />
        <NumberInput
          label="Ends after (days)"
          description="Empty: it does not end by itself."
          min={1}
          max={3650}
          allowDecimal={false}
          {...form.getInputProps('expiresInDays')}
          onChange={(value) => form.setFieldValue('expiresInDays', value === '' ? undefined : Number(value))}
        />
        {error ? (
          <Alert color="red" variant="outline" role="alert">
            {error}
          </Alert>
        ) : null}
        <Group justify="flex-end" gap="xs">
          <Button onClick={props.onClose}>Cancel</Button>
          <Button type="submit" variant="filled" loading={form.submitting}>
            Create token
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

const decideCall = (pdp: string, token: string) => `curl -sS ${pdp}/access/v1/evaluation \\
  -H 'Authorization: Bearer ${token}' -H 'Content-Type: application/json' \\
  -d '{"subject":{"type":"service","id":"svc-payments"},"action":{"name":"payment.create"},
       "resource":{"type":"account","id":"4711"},"context":{"amount":120,"braid":{"session":{"id":"worker-1"}}}}'`;

const readCall = (api: string, token: string) =>
  `curl -sS ${api}/api/v1/identities -H 'Authorization: Bearer ${token}'`;

function Ready({ made, urls, onClose }: { made: MadeToken; urls: NewTokenProps['urls']; onClose: () => void }) {
  const call = made.row.scopes.some((scope) => scope === 'decide' || scope === 'admin')
    ? decideCall(urls.pdp, made.token)
    : readCall(urls.api, made.token);
  return (
    <Stack gap="sm">
      <Text size="sm">Copy it now: it is shown this once, and Braid keeps only its fingerprint.</Text>
      <pre className={classes.secret}>{made.token}</pre>
      <Text size="sm">To try it:</Text>
      <pre className={classes.secret}>{call}</pre>
      <Group justify="flex-end" gap="xs">
        <CopyButton value={call}>
          {({ copied, copy }) => <Button onClick={copy}>{copied ? 'Copied' : 'Copy the call'}</Button>}
        </CopyButton>
        <CopyButton value={made.token}>
          {({ copied, copy }) => (
            <Button variant="filled" onClick={copy} data-autofocus>
              {copied ? 'Copied' : 'Copy the token'}
            </Button>
          )}
        </CopyButton>
        <Button onClick={onClose}>Done</Button>
      </Group>
    </Stack>
  );
}
