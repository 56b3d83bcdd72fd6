'use client';

import { Button, Group, MultiSelect, Select, Switch, Text } from '@mantine/core';
import { useState } from 'react';
import type { HuntActions } from '@/components/hunts/hunt-actions';
import { useMay } from '@/components/shell/operator-context';
import { useNow } from '@/components/ui/browser-clock';
import { Panel } from '@/components/ui/panel';
import { FAMILIES, type Family, KINDS } from '@/lib/findings/kinds-model';
import { DETECTORS, type Detector } from '@/lib/findings/model';

const PERIODS = {
  1: 'the last day',
  7: 'the last 7 days',
  30: 'the last 30 days',
  90: 'the last 90 days',
  365: 'the last year',
};
/** Those that read sessions and events; what reads decisions is answered by a backtest of the policy. */
const FROM_DECISIONS = new Set<Detector>([
  'limit-crossed',
  'concurrency-limit',
  'read-change-split',
  'structuring',
  'lease-contention',
  'approval-beside-maintenance',
  'agent-spread',
  'manual',
]);

const CHOICES = (Object.keys(FAMILIES) as Family[])
  .map((family) => ({
    group: FAMILIES[family],
    items: (Object.keys(DETECTORS) as Detector[])
      .filter((name) => KINDS[name].family === family && !FROM_DECISIONS.has(name))
      .map((value) => ({ value, label: DETECTORS[value] })),
  }))
  .filter(({ items }) => items.length > 0);

interface HuntFormProps {
  now: string;
  start: HuntActions['start'];
  started: (id: string) => void;
}

export function HuntForm({ now, start, started }: HuntFormProps) {
  const [detectors, setDetectors] = useState<string[]>([]);
  const [days, setDays] = useState('30');
  const [raises, setRaises] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const nowMs = useNow() ?? Date.parse(now);
  if (!useMay('finding.write')) return null;
  const submit = async () => {
    setBusy(true);
    const to = nowMs;
    const result = await start({
      detectors: detectors as Detector[],
      from: new Date(to - Number(days) * 86_400_000).toISOString(),
      to: new Date(to).toISOString(),
      raises,
    });
    setBusy(false);
    setError(result.error?.message ?? null);
    if (result.data) started(result.data.id);
  };
  return (
    <Panel title="Hunt">
      <Group align="flex-end" gap="md" wrap="wrap">
        <MultiSelect
          label="Detectors"
          placeholder={detectors.length === 0 ? 'All' : undefined}
          data={CHOICES}
          value={detectors}
          onChange={setDetectors}
          searchable
          clearable
          clearButtonProps={{ 'aria-label': 'Clear detectors' }}
          style={{ flex: '1 1 320px' }}
        />
        <Select
          label="Over"
          data={Object.entries(PERIODS).map(([value, label]) => ({ value, label }))}
          value={days}
          onChange={(value) => setDays(value ?? '30')}
          allowDeselect={false}
          w={180}
        />
        <Switch
          label="Raise what is found"
          checked={raises}
          onChange={(event) => setRaises(event.currentTarget.checked)}
          mb={8}
        />
        <Button variant="filled" color="blue" onClick={() => void submit()} loading={busy}>
          {raises ? 'Hunt and raise' : 'Hunt, dry'}
        </Button>
      </Group>
      {error ? (
        <Text size="sm" c="red" mt="xs" role="alert">
          {error}
        </Text>
      ) : null}
    </Panel>
  );
}
