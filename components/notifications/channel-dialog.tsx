'use client';

import { Alert, Button, CopyButton, Group, Modal, NativeSelect, Stack, Text, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { ChannelField } from '@/components/notifications/channel-field';
import classes from '@/components/notifications/notifications.module.css';
import { TestAnswer } from '@/components/notifications/test-answer';
import { CHANNEL_KINDS, type ChannelKind, KINDS } from '@/lib/notifications/kinds-model';
import type { ChannelDetail, NotificationActions, Tested } from '@/lib/notifications/model';

interface ChannelDialogProps {
  opened: boolean;
  onClose: () => void;
  actions: NotificationActions;
  /** Given: its settings are changed; else a new one is added. */
  editing?: ChannelDetail;
}

const initialOf = (kind: ChannelKind): Record<string, string> =>
  Object.fromEntries(KINDS[kind].fields.flatMap(({ name, initial }) => (initial ? [[name, initial]] : [])));

/** Fields that belong beside each other, as pairs. */
function rowsOf(kind: ChannelKind) {
  const { fields } = KINDS[kind];
  const rows: (typeof fields)[] = [];
  for (const field of fields) {
    const last = rows.at(-1);
    if (field.half && last?.length === 1 && last[0]!.half) last.push(field);
    else rows.push([field]);
  }
  return rows;
}

function Form({ props, onMade }: { props: ChannelDialogProps; onMade: (secret: string) => void }) {
  const { actions, editing, onClose } = props;
  const [kind, setKind] = useState<ChannelKind>(editing?.kind ?? 'webhook');
  const [name, setName] = useState(editing?.name ?? '');
  const [values, setValues] = useState<Record<string, string>>(editing?.values ?? initialOf(kind));
  const [tested, setTested] = useState<Tested>();
  const [busy, setBusy] = useState<'test' | 'save'>();
  const [error, setError] = useState<string>();
  const client = useQueryClient();
  const set = (field: string, value: string) => {
    setValues({ ...values, [field]: value });
    setTested(undefined);
  };
  const run = async <T,>(what: 'test' | 'save', work: () => Promise<{ data?: T; error?: { message: string } }>) => {
    setBusy(what);
    setError(undefined);
    const answer = await work();
    setBusy(undefined);
    setError(answer.error?.message);
    return answer;
  };
  const test = async () => {
    setTested(undefined);
    const given = { kind, values, ...(editing ? { id: editing.id } : {}) };
    setTested((await run('test', () => actions.testChannel(given))).data);
  };
  const save = async (event: FormEvent) => {
    event.preventDefault();
    const answer = editing
      ? await run('save', () => actions.updateChannel({ id: editing.id, name, values }))
      : await run('save', () => actions.createChannel({ kind, name, values }));
    if (answer.error) return;
    void client.invalidateQueries({ queryKey: ['api'] });
    const secret = answer.data && 'signingSecret' in answer.data ? answer.data.signingSecret : null;
    if (secret) onMade(secret);
    else onClose();
  };
  return (
    <form onSubmit={save}>
      <Stack gap="sm">
        {editing ? null : (
          <NativeSelect
            label="Kind"
            data={CHANNEL_KINDS.map((one) => ({ value: one, label: KINDS[one].title }))}
            value={kind}
            onChange={(event) => {
              const chosen = event.currentTarget.value as ChannelKind;
              setKind(chosen);
              setValues(initialOf(chosen));
              setTested(undefined);
            }}
          />
        )}
        <Text size="sm" c="dimmed">
          {KINDS[kind].summary}
        </Text>
        <TextInput
          label="Name"
          placeholder="on-call"
          required
          maxLength={100}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          data-autofocus
        />
        {rowsOf(kind).map((fields) => (
          <div key={fields[0]!.name} className={fields.length > 1 ? classes.pair : undefined}>
            {fields.map((field) => (
              <ChannelField
                key={field.name}
                field={field}
                value={values[field.name] ?? ''}
                stored={field.as === 'secret' && Boolean(editing?.secrets.includes(field.name))}
                onChange={(value) => set(field.name, value)}
              />
            ))}
          </div>
        ))}
        {tested ? <TestAnswer tested={tested} /> : null}
        {error ? (
          <Alert color="red" variant="outline" title={busy === 'test' ? 'Not sent' : 'Not done'} role="alert">
            {error}
          </Alert>
        ) : null}
        <Group justify="flex-end" gap="xs">
          <Button onClick={onClose}>Cancel</Button>
          <Button onClick={test} loading={busy === 'test'}>
            Send a test
          </Button>
          <Button type="submit" variant="filled" loading={busy === 'save'}>
            {editing ? 'Save' : 'Add channel'}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function Made({ secret, onClose }: { secret: string; onClose: () => void }) {
  return (
    <Stack gap="sm">
      <Text size="sm">
        Copy the signing secret now: it is shown this once, and Braid keeps it sealed. With it the receiver knows that a
        message is Braid’s, that it is fresh, and that nobody changed it.
      </Text>
      <pre className={classes.secret}>{secret}</pre>
      <Group justify="flex-end" gap="xs">
        <CopyButton value={secret}>
          {({ copied, copy }) => (
            <Button variant="filled" onClick={copy} data-autofocus>
              {copied ? 'Copied' : 'Copy the secret'}
            </Button>
          )}
        </CopyButton>
        <Button onClick={onClose}>Done</Button>
      </Group>
    </Stack>
  );
}

/** Adds a channel, or changes the settings of one. Secrets are sealed and never shown again. */
export function ChannelDialog(props: ChannelDialogProps) {
  const { opened, onClose, editing } = props;
  const [secret, setSecret] = useState<string>();
  const close = () => {
    setSecret(undefined);
    onClose();
  };
  const title = secret ? 'The channel’s signing secret' : editing ? `Settings of ${editing.name}` : 'Add a channel';
  return (
    <Modal opened={opened} onClose={close} size={640} title={title} closeOnClickOutside={false}>
      {secret ? (
        <Made secret={secret} onClose={close} />
      ) : opened ? (
        <Form props={{ ...props, onClose: close }} onMade={setSecret} />
      ) : null}
    </Modal>
  );
}
