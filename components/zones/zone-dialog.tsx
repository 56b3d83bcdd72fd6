'use client';

import { Modal, Stack, Textarea, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { FormFoot } from '@/components/ui/form-foot';
import type { ActionResult } from '@/lib/http/model';
import type { CreateZone, UpdateZone, ZoneRow } from '@/lib/zones/model';

export interface ZoneActions {
  create: (input: CreateZone) => Promise<ActionResult<ZoneRow>>;
  update: (input: UpdateZone) => Promise<ActionResult<ZoneRow>>;
  remove: (input: { id: string; reason?: string }) => Promise<ActionResult<{ ok: true }>>;
}

interface ZoneDialogProps {
  /** null: a new one. */
  zone: ZoneRow | null;
  actions: ZoneActions;
  onClose: () => void;
  onSaved: () => void;
}

const listOf = (text: string): string[] => [...new Set(text.split(/[\s,;]+/).filter(Boolean))];

export function ZoneDialog({ zone, actions, onClose, onSaved }: ZoneDialogProps) {
  const [name, setName] = useState(zone?.name ?? '');
  const [purpose, setPurpose] = useState(zone?.purpose ?? '');
  const [networks, setNetworks] = useState(zone?.networks.join('\n') ?? '');
  const [regions, setRegions] = useState(zone?.regions.join(', ') ?? '');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string>();
  const save = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    const said = { name, purpose, networks: listOf(networks), regions: listOf(regions) };
    const result = zone ? await actions.update({ id: zone.id, ...said }) : await actions.create(said);
    setBusy(false);
    if (result.error) return setError(result.error.message);
    onSaved();
  };
  return (
    <Modal opened onClose={onClose} size={560} title={zone ? `Change ${zone.name}` : 'New zone'}>
      <form onSubmit={(event) => void save(event)}>
        <Stack gap="sm">
          <TextInput
            label="Name"
            placeholder="office"
            required
            maxLength={100}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            data-autofocus
          />
          <Textarea
            label="Networks"
            description="Addresses or networks, one a line"
            placeholder={'10.0.0.0/8\n203.0.113.0/24'}
            value={networks}
            onChange={(event) => setNetworks(event.currentTarget.value)}
            autosize
            minRows={4}
            maxRows={12}
            maxLength={20_000}
            spellCheck={false}
          />
          <TextInput
            label="Countries or regions"
            description="ISO codes of countries, or regions as a source names them"
            placeholder="DE, AT"
            maxLength={2_000}
            value={regions}
            onChange={(event) => setRegions(event.currentTarget.value)}
          />
          <TextInput
            label="For"
            placeholder="what runs there"
            maxLength={500}
            value={purpose}
            onChange={(event) => setPurpose(event.currentTarget.value)}
          />
          <FormFoot
            error={error}
            title="Not kept"
            onCancel={onClose}
            submit={zone ? 'Keep changes' : 'Add zone'}
            busy={busy}
          />
        </Stack>
      </form>
    </Modal>
  );
}
