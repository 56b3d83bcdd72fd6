'use client';

import { Alert, Button, Group, Modal, SegmentedControl, Stack, Text, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { type FormEvent, useState } from 'react';
import { ApiError, apiUrl } from '@/components/ui/call-api';
import { TimePicker } from '@/components/ui/time-picker';
import { useFilters } from '@/components/ui/use-filters';

const KINDS = [
  { value: 'period', label: 'A period' },
  { value: 'identity', label: 'An identity' },
  { value: 'decision', label: 'A decision' },
  { value: 'exposure', label: 'An exposure' },
];
const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const iso = (text: string | null): string | undefined => (text ? new Date(text).toISOString() : undefined);

/** Asks for the bundle and hands it to the browser as a file. Throws `ApiError` with what the server said. */
async function download(params: Record<string, string | undefined>): Promise<string> {
  const response = await fetch(apiUrl('/audit/export', params));
  if (!response.ok) throw new ApiError(response.status, await response.json().catch(() => ({})));
  const name =
    /filename="([^"]+)"/.exec(response.headers.get('content-disposition') ?? '')?.[1] ?? 'braid-evidence.zip';
  const url = URL.createObjectURL(await response.blob());
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
  return name;
}

/** Opens by its button, or by an address that names what to export: `/audit?evidence=decision:<id>`. */
export function ExportEvidence() {
  const [{ evidence }, set] = useFilters(['evidence']);
  return (
    <>
      <Button onClick={() => void set({ evidence: 'period' })}>Export evidence</Button>
      <Modal opened={evidence !== null} onClose={() => void set({ evidence: null })} title="Export evidence" size={560}>
        {evidence === null ? null : <ExportForm asked={evidence} close={() => void set({ evidence: null })} />}
      </Modal>
    </>
  );
}

function ExportForm({ asked, close }: { asked: string; close: () => void }) {
  const [first = 'period', named = ''] = asked.split(':');
  const [kind, setKind] = useState(KINDS.some((one) => one.value === first) ? first : 'period');
  const [id, setId] = useState(named);
  const [from, setFrom] = useState<string | null>(null);
  const [to, setTo] = useState<string | null>(null);
  const [format, setFormat] = useState('zip');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string>();
  const period = kind === 'period';
  const ready = period ? from && to : ID.test(id.trim());
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (!ready || busy) return;
    setBusy(true);
    setError(undefined);
    try {
      const about = period ? {} : { [kind]: id.trim() };
      const name = await download({ format, ...about, from: iso(from), to: iso(to) });
      notifications.show({ message: `${name} was exported. Verify it with: node verify.mjs` });
      close();
    } catch (cause) {
      setError(cause instanceof ApiError ? cause.message : 'Braid could not be reached.');
    } finally {
      setBusy(false);
    }
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <Text size="sm" c="dimmed">
          The decisions with their traces, ledger and audit rows, the proof that they stand in the log, the public key,
          and a script that verifies all of it without Braid. Of all other records there are only digests in it.
        </Text>
        <SegmentedControl value={kind} onChange={setKind} data={KINDS} aria-label="What to export" fullWidth />
        {period ? null : (
          <TextInput
            label={`Id of the ${kind}`}
            placeholder="01a20222-58fc-70aa-a470-7d623990d65c"
            value={id}
            onChange={(event) => setId(event.currentTarget.value)}
            maxLength={64}
            data-autofocus
          />
        )}
        <Group grow>
          <TimePicker label={period ? 'From' : 'From (optional)'} value={from} onChange={setFrom} />
          <TimePicker label={period ? 'Until' : 'Until (optional)'} value={to} onChange={setTo} />
        </Group>
        <SegmentedControl value={format} onChange={setFormat} data={['zip', 'tar.gz']} aria-label="Format" />
        {error ? (
          <Alert color="red" variant="outline" title="Nothing was exported" role="alert">
            {error}
          </Alert>
        ) : null}
        <Group justify="flex-end" gap="xs">
          <Button onClick={close}>Cancel</Button>
          <Button type="submit" variant="filled" color="blue" loading={busy} disabled={!ready}>
            Export
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
