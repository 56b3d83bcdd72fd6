'use client';

import { Button, Group, MultiSelect, Select, Switch, Text } from '@mantine/core';
import { useState } from 'react';
import type { HuntActions } from '@/components/hunts/hunt-actions';
import { useMay } from '@/components/shell/operator-context';
import { useNow } from '@/components/ui/browser-clock';
import { Panel } from '@/components/ui/panel';
import { TimePicker } from '@/components/ui/time-picker';
import { FAMILIES, type Family, KINDS } from '@/lib/findings/kinds-model';
import { DETECTORS, type Detector } from '@/lib/findings/model';
import { NOT_HUNTED } from '@/lib/hunts/hunted-model';

const PERIODS = {
  1: 'the last day',
  7: 'the last 7 days',
  30: 'the last 30 days',
  90: 'the last 90 days',
  365: 'the last year',
  own: 'a time of your own…',
};
const DAY_MS = 86_400_000;
const CHOICES = (Object.keys(FAMILIES) as Family[])
  .map((family) => ({
    group: FAMILIES[family],
    items: (Object.keys(DETECTORS) as Detector[])
      .filter((name) => KINDS[name].family === family && !NOT_HUNTED[name])
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
  const [from, setFrom] = useState<string | null>(null);
  const [until, setUntil] = useState<string | null>(null);
  const [raises, setRaises] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const nowMs = useNow() ?? Date.parse(now);
  if (!useMay('finding.write')) return null;
  const submit = async () => {
    const own = days === 'own';
    if (own && !from) return setError('Say from when on.');
    const to = own && until ? Date.parse(until) : nowMs;
    const begin = own ? Date.parse(from!) : to - Number(days) * DAY_MS;
    if (begin >= to) return setError('The beginning has to be before the end.');
    setBusy(true);
    const result = await start({
      detectors: detectors as Detector[],
      from: new Date(begin).toISOString(),
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
        {days === 'own' ? (
          <>
            <TimePicker label="From" value={from} onChange={setFrom} w={180} />
            <TimePicker label="Until" placeholder="now" value={until} onChange={setUntil} w={180} />
          </>
        ) : null}
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
      <Text size="sm" c="dimmed" mt="xs">
        Reads stored sessions and events, at most a year at once. What a rule would have decided is answered by a
        backtest of its policy; what is judged by how things stand now is not hunted.
      </Text>
      {error ? (
        <Text size="sm" c="red" mt="xs" role="alert">
          {error}
        </Text>
      ) : null}
    </Panel>
  );
}
