'use client';

import { Button, CopyButton, Group, Modal, Stack, Switch, Text, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import classes from '@/components/signals/signals.module.css';
import { FormFoot } from '@/components/ui/form-foot';
import type { AddedReceiver, SignalActions } from '@/lib/signals/model';

interface DialogProps {
  opened: boolean;
  onClose: () => void;
  actions: SignalActions;
}

function Form({ onClose, actions, onMade }: Omit<DialogProps, 'opened'> & { onMade: (made: AddedReceiver) => void }) {
  const [name, setName] = useState('');
  const [audience, setAudience] = useState('');
  const [ownNetwork, setOwnNetwork] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string>();
  const client = useQueryClient();
  const save = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    const answer = await actions.addReceiver({ name, audience, ownNetwork });
    setBusy(false);
    setError(answer.error?.message);
    void client.invalidateQueries({ queryKey: ['api'] });
    if (answer.data) onMade(answer.data);
  };
  return (
    <form onSubmit={save}>
      <Stack gap="sm">
        <TextInput
          label="Name"
          required
          maxLength={100}
          placeholder="payments gateway"
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          data-autofocus
        />
        <TextInput
          label="Audience"
          description="What its tokens are made out to. Left empty: its client id."
          maxLength={500}
          placeholder="https://gateway.example.com"
          value={audience}
          onChange={(event) => setAudience(event.currentTarget.value)}
        />
        <Switch
          label="It may be pushed to in our own network"
          description="Private and loopback addresses are refused otherwise. Metadata services always are."
          checked={ownNetwork}
          onChange={(event) => setOwnNetwork(event.currentTarget.checked)}
        />
        <FormFoot error={error} title="Not done" onCancel={onClose} submit="Add receiver" busy={busy} />
      </Stack>
    </form>
  );
}

function Made({ made, onClose }: { made: AddedReceiver; onClose: () => void }) {
  const issuer = new URL(made.tokenUrl).origin;
  const text = [
    `issuer: ${issuer}`,
    `client_id: ${made.clientId}`,
    `client_secret: ${made.clientSecret}`,
    `token endpoint: ${made.tokenUrl}`,
    `configuration endpoint: ${made.configurationUrl}`,
  ].join('\n');
  return (
    <Stack gap="sm">
      <Text size="sm">
        Give this to whoever runs the receiver: the secret is shown this once. With it the receiver gets access tokens
        for an hour, reads {issuer}/.well-known/ssf-configuration and makes its stream.
      </Text>
      <pre className={classes.secret}>{text}</pre>
      <Group justify="flex-end" gap="xs">
        <CopyButton value={text}>
          {({ copied, copy }) => (
            <Button variant="filled" onClick={copy} data-autofocus>
              {copied ? 'Copied' : 'Copy'}
            </Button>
          )}
        </CopyButton>
        <Button onClick={onClose}>Done</Button>
      </Group>
    </Stack>
  );
}

/** Registers a receiver and shows its client once. */
export function AddReceiverDialog({ opened, onClose, actions }: DialogProps) {
  const [made, setMade] = useState<AddedReceiver>();
  const close = () => {
    setMade(undefined);
    onClose();
  };
  return (
    <Modal
      opened={opened}
      onClose={close}
      size={620}
      title={made ? 'The receiver’s client' : 'Add a receiver'}
      closeOnClickOutside={false}
    >
      {made ? (
        <Made made={made} onClose={close} />
      ) : opened ? (
        <Form onClose={close} actions={actions} onMade={setMade} />
      ) : null}
    </Modal>
  );
}
