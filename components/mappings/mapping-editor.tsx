'use client';

import { Alert, Button, Group, SimpleGrid, Text, Textarea, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { MappingActions } from '@/components/mappings/mapping-actions';
import { TrialResult } from '@/components/mappings/trial-result';
import { Panel } from '@/components/ui/panel';
import type { MappingRow, MappingTrial } from '@/lib/mappings/model';

const EXAMPLE = `name: billing
title: Billing
time: ts
identity:
  id: actor.id
  name: actor.name
  kind: service_account
session:
  key: session
action: op
class: { path: op, values: { read: read, update: change }, default: other }
outcome: { path: status, failure: [denied, error] }
network: ip
resource: object
`;
const SAMPLE = `{"ts":"2026-03-01T10:00:00Z","actor":{"id":"u-7","name":"svc-billing"},"session":"s-1","op":"read","status":"ok","ip":"203.0.113.9","object":"invoice/1"}
`;

interface MappingEditorProps {
  /** null: a new one. */
  mapping: MappingRow | null;
  may: boolean;
  actions: MappingActions;
  onClose: () => void;
  onSaved: (row: MappingRow) => void;
}

/** The text of a mapping beside a sample it is tried on, with what would come of it. */
export function MappingEditor({ mapping, may, actions, onClose, onSaved }: MappingEditorProps) {
  const [text, setText] = useState(mapping?.text ?? EXAMPLE);
  const [sample, setSample] = useState(mapping ? '' : SAMPLE);
  const [reason, setReason] = useState('');
  const [trial, setTrial] = useState<MappingTrial>();
  const [busy, setBusy] = useState<'try' | 'save'>();
  const [error, setError] = useState<string>();
  const tryIt = async () => {
    setBusy('try');
    const result = await actions.tryOut({ text, sample });
    setBusy(undefined);
    setTrial(result.data);
    setError(result.error?.message);
  };
  const save = async () => {
    setBusy('save');
    const basedOn = mapping ? mapping.version : undefined;
    const result = await actions.save({ text, ...(basedOn ? { basedOn } : {}), ...(reason ? { reason } : {}) });
    setBusy(undefined);
    setError(result.error?.message);
    if (result.data) onSaved(result.data);
  };
  const mono = { input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: 12 } };
  return (
    <Panel title={mapping ? `${mapping.name}, version ${mapping.version}` : 'New mapping'} note="YAML or JSON">
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="md">
        <Textarea
          label="Mapping"
          description="Where a record says its time, who acts, in which session, and what was done"
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          autosize
          minRows={12}
          maxRows={24}
          maxLength={100_000}
          styles={mono}
          spellCheck={false}
        />
        <Textarea
          label="Sample"
          description="Records of the source, as they are: nothing of it is kept"
          value={sample}
          onChange={(event) => setSample(event.currentTarget.value)}
          autosize
          minRows={12}
          maxRows={24}
          maxLength={1_000_000}
          styles={mono}
          spellCheck={false}
        />
      </SimpleGrid>
      {error ? (
        <Alert color="red" variant="outline" title="Not kept" role="alert" mt="md">
          {error}
        </Alert>
      ) : null}
      <Group justify="space-between" align="flex-end" mt="md">
        {may ? (
          <TextInput
            label="Why"
            placeholder="what changed"
            maxLength={500}
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
            style={{ flex: '1 1 240px' }}
            maw={420}
          />
        ) : (
          <Text size="sm" c="dimmed">
            Trying keeps nothing.
          </Text>
        )}
        <Group gap="xs">
          <Button onClick={onClose}>Close</Button>
          <Button onClick={() => void tryIt()} loading={busy === 'try'}>
            Try on the sample
          </Button>
          {may ? (
            <Button variant="filled" onClick={() => void save()} loading={busy === 'save'}>
              {mapping ? `Keep as version ${mapping.version + 1}` : 'Keep'}
            </Button>
          ) : null}
        </Group>
      </Group>
      {trial ? <TrialResult trial={trial} /> : null}
    </Panel>
  );
}
