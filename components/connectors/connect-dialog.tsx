'use client';

import {
  Alert,
  Button,
  Group,
  Modal,
  NativeSelect,
  PasswordInput,
  Stack,
  Text,
  Textarea,
  TextInput,
} from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, type ReactNode, useEffect, useRef, useState } from 'react';
import classes from '@/components/connectors/connectors.module.css';
import { TestResult } from '@/components/connectors/test-result';
import { useWrong } from '@/components/connectors/use-wrong';
import { VendorChooser } from '@/components/connectors/vendor-chooser';
import type { ConnectorActions, ConnectorDetail, FormField, Tested, VendorCard } from '@/lib/connectors/model';

interface ConnectDialogProps {
  opened: boolean;
  onClose: () => void;
  vendors: VendorCard[];
  actions: ConnectorActions;
  /** Given: its settings are changed; else a new one is connected. */
  editing?: ConnectorDetail;
  /** Chosen already, by the link that led here. */
  first?: string | null;
}

interface FieldProps {
  field: FormField;
  value: string;
  editing: boolean;
  /** What is wrong with it. */
  wrong: string | undefined;
  onChange: (value: string) => void;
}

function Field({ field, value, editing, wrong, onChange }: FieldProps) {
  const { label, help: description, required } = field;
  const common = { label, description, required, value, error: wrong };
  if (field.options) {
    return (
      <NativeSelect
        {...common}
        value={value || field.options[0]!.value}
        data={field.options}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
    );
  }
  const placeholder = field.secret && editing ? 'unchanged' : field.placeholder;
  if (field.multiline) {
    return (
      <Textarea
        {...common}
        placeholder={placeholder}
        autosize
        minRows={3}
        maxRows={16}
        spellCheck={false}
        autoComplete="off"
        classNames={{ input: field.secret ? `${classes.lines} ${classes.secret}` : classes.lines }}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
    );
  }
  const Input = field.secret && field.name !== 'user' ? PasswordInput : TextInput;
  return (
    <Input
      {...common}
      placeholder={placeholder}
      autoComplete="off"
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}

const PAIRS = new Set(['host', 'port', 'database', 'user', 'password', 'sslMode', 'pollMs', 'linkByName']);

/** What a first connection can do without: behind "More settings" unless it is set. */
const MORE = /^(ca|pollMs|linkByName|replicas|persist|amqp|endpoint|apiUrl|graphUrl|loginUrl|pooler.*|canary.*)$/;

/** Neighbours that are short stand side by side; the order is the manifest's. */
function Fields({ fields, draw }: { fields: FormField[]; draw: (one: FormField) => ReactNode }) {
  const rows: FormField[][] = [];
  for (const one of fields) {
    const last = rows.at(-1);
    if (last && PAIRS.has(one.name) && PAIRS.has(last[0]!.name)) last.push(one);
    else rows.push([one]);
  }
  return rows.map((row) => (
    <div key={row[0]!.name} className={row.length > 1 ? classes.pair : undefined}>
      {row.map(draw)}
    </div>
  ));
}

function Form({ props, vendor, onBack }: { props: ConnectDialogProps; vendor: VendorCard; onBack: () => void }) {
  const { actions, editing, onClose } = props;
  const vendorName = vendor.vendor;
  const [name, setName] = useState(editing?.name ?? '');
  const [values, setValues] = useState<Record<string, string>>(editing?.values ?? {});
  const [tested, setTested] = useState<Tested>();
  const [busy, setBusy] = useState<'test' | 'save'>();
  const { wrong, error, clear, refuse, missing } = useWrong(vendor.form, Boolean(editing));
  const client = useQueryClient();
  // The dialog focuses what is there when it opens; after the chooser the form comes later.
  const first = useRef<HTMLInputElement>(null);
  useEffect(() => first.current?.focus(), []);
  const set = (field: string) => (value: string) => {
    setValues({ ...values, [field]: value });
    setTested(undefined);
    clear(field);
  };
  const test = async () => {
    setTested(undefined);
    if (missing(values)) return;
    setBusy('test');
    const answer = await actions.test({ vendor: vendorName, values, ...(editing ? { id: editing.id } : {}) });
    setBusy(undefined);
    setTested(answer.data);
    refuse(answer.error);
  };
  const save = async (event: FormEvent) => {
    event.preventDefault();
    if (missing(values, name)) return;
    setBusy('save');
    const answer = editing
      ? await actions.update({ id: editing.id, name, values })
      : await actions.create({ vendor: vendorName, name, values });
    setBusy(undefined);
    if (answer.error) return refuse(answer.error);
    void client.invalidateQueries({ queryKey: ['api', '/connectors'] });
    onClose();
  };
  const more = vendor.form.filter((one) => !one.required && MORE.test(one.name));
  const field = (one: FormField) => (
    <Field
      key={one.name}
      field={one}
      value={values[one.name] ?? ''}
      editing={Boolean(editing)}
      wrong={wrong[one.name]}
      onChange={set(one.name)}
    />
  );
  return (
    <form onSubmit={save} noValidate>
      <Stack gap="sm">
        <Group justify="space-between" wrap="nowrap" align="flex-start">
          <Text size="sm" c="dimmed">
            <strong>{vendor.title}.</strong> {vendor.summary}{' '}
            <a href={`/guides/connectors/${vendorName}`} target="_blank" rel="noreferrer">
              How to connect it
            </a>
          </Text>
          {editing ? null : (
            <Button size="compact-xs" variant="subtle" onClick={onBack} style={{ flex: 'none' }}>
              Another system
            </Button>
          )}
        </Group>
        <TextInput
          ref={first}
          label="Name"
          placeholder="orders-db"
          required
          maxLength={100}
          value={name}
          error={wrong.name}
          onChange={(event) => {
            setName(event.currentTarget.value);
            clear('name');
          }}
          data-autofocus
        />
        <Fields fields={vendor.form.filter((one) => !more.includes(one))} draw={field} />
        {more.length ? (
          <details
            className={classes.moreSettings}
            open={more.some((one) => editing?.values[one.name] || wrong[one.name]) || undefined}
          >
            <summary>More settings: {moreWords(more)}</summary>
            <Stack gap="sm" mt="sm">
              <Fields fields={more} draw={field} />
            </Stack>
          </details>
        ) : null}
        {tested ? <TestResult tested={tested} /> : null}
        {error ? (
          <Alert color="red" variant="outline" title={editing ? 'Not saved' : 'Not connected'} role="alert">
            {error}
          </Alert>
        ) : null}
        <Group justify="flex-end" gap="xs">
          <Button onClick={onClose}>Cancel</Button>
          <Button onClick={test} loading={busy === 'test'}>
            Test connection
          </Button>
          <Button type="submit" variant="filled" loading={busy === 'save'}>
            {editing ? 'Save' : 'Connect'}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

/** "PgBouncer console, Canary and 5 more": what is folded away is named. */
function moreWords(more: FormField[]): string {
  const named = more.filter(({ name }) => !/(User|Password|Secret|KeyId|SecretId)$/.test(name));
  const labels = named.slice(0, 3).map(({ label }) => label.replace(/ \(.*\)$/, ''));
  const rest = more.length - labels.length;
  return rest > 0 ? `${labels.join(', ')} and ${rest} more` : labels.join(', ');
}

/** First which system, then its form. */
function Stages({ props }: { props: ConnectDialogProps }) {
  const { vendors, editing, first } = props;
  const [chosen, setChosen] = useState(editing?.vendor ?? first ?? null);
  const vendor = vendors.find((one) => one.vendor === chosen);
  if (!vendor) return <VendorChooser vendors={vendors} onChoose={setChosen} />;
  return <Form key={vendor.vendor} props={props} vendor={vendor} onBack={() => setChosen(null)} />;
}

/** Connects a system, or changes the settings of one. The fields come from its manifest; secrets are sealed and never shown again. */
export function ConnectDialog(props: ConnectDialogProps) {
  const { opened, onClose, editing } = props;
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      size={720}
      title={editing ? `Settings of ${editing.name}` : 'Connect a system'}
    >
      {opened ? <Stages props={props} /> : null}
    </Modal>
  );
}
