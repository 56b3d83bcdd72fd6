'use client';

import { Modal, NativeSelect, PasswordInput, Stack, Switch, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { Follows, USUAL } from '@/components/signals/follows';
import classes from '@/components/signals/signals.module.css';
import { FormFoot } from '@/components/ui/form-foot';
import type { AddSource, SignalActions } from '@/lib/signals/model';

interface DialogProps {
  opened: boolean;
  onClose: () => void;
  actions: SignalActions;
}

const EMPTY = { name: '', issuer: '', clientId: '', clientSecret: '', token: '', namespace: 'default' };

function Form({ onClose, actions }: Omit<DialogProps, 'opened'>) {
  const [given, setGiven] = useState(EMPTY);
  const [method, setMethod] = useState<'push' | 'poll'>('push');
  const [acts, setActs] = useState(USUAL);
  const [ownNetwork, setOwnNetwork] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string>();
  const client = useQueryClient();
  const field = (name: keyof typeof EMPTY) => ({
    value: given[name],
    onChange: (event: { currentTarget: { value: string } }) =>
      setGiven({ ...given, [name]: event.currentTarget.value }),
  });
  const save = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setError(undefined);
    const answer = await actions.addSource({
      ...given,
      method,
      ownNetwork,
      acts: acts as AddSource['acts'],
    });
    setBusy(false);
    if (answer.error) return setError(answer.error.message);
    notifications.show({ message: `${given.name} is heard. Verify it to see that what it sends arrives.` });
    void client.invalidateQueries({ queryKey: ['api'] });
    onClose();
  };
  return (
    <form onSubmit={save}>
      <Stack gap="sm">
        <TextInput
          label="Name"
          required
          maxLength={100}
          placeholder="identity provider"
          data-autofocus
          {...field('name')}
        />
        <TextInput
          label="Issuer"
          required
          placeholder="https://idp.example.com"
          description="Its configuration is read from /.well-known/ssf-configuration there, and a stream is made."
          {...field('issuer')}
        />
        <div className={classes.pair}>
          <TextInput label="Client id" {...field('clientId')} />
          <PasswordInput label="Client secret" autoComplete="off" {...field('clientSecret')} />
        </div>
        <PasswordInput label="or an access token" autoComplete="off" {...field('token')} />
        <div className={classes.pair}>
          <NativeSelect
            label="Delivery"
            data={[
              { value: 'push', label: 'It pushes to Braid' },
              { value: 'poll', label: 'Braid polls it' },
            ]}
            value={method}
            onChange={(event) => setMethod(event.currentTarget.value as 'push' | 'poll')}
          />
          <TextInput
            label="Its names are those of"
            description="Issuer of identities’ names here"
            {...field('namespace')}
          />
        </div>
        <Follows acts={acts} set={setActs} />
        <Switch
          label="It is in our own network"
          checked={ownNetwork}
          onChange={(event) => setOwnNetwork(event.currentTarget.checked)}
        />
        <FormFoot error={error} title="Not done" onCancel={onClose} submit="Listen" busy={busy} />
      </Stack>
    </form>
  );
}

/** Makes a stream at a transmitter, and says what follows from what it tells. */
export function AddSourceDialog({ opened, onClose, actions }: DialogProps) {
  return (
    <Modal opened={opened} onClose={onClose} size={680} title="Listen to a system" closeOnClickOutside={false}>
      {opened ? <Form onClose={onClose} actions={actions} /> : null}
    </Modal>
  );
}
