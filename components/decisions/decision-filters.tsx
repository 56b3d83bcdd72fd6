'use client';

import { Chip, Group, Select, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { useEffect, useState } from 'react';
import { FilterBar } from '@/components/ui/filter-bar';
import { useFilters } from '@/components/ui/use-filters';
import { VERDICTS } from '@/lib/decisions/model';

export const FILTERS = [
  'q',
  'verdict',
  'onlySplit',
  'action',
  'identityId',
  'sessionId',
  'workflowId',
  'lane',
  'range',
  'from',
  'to',
  'live',
] as const;

const RANGES = [
  { value: '15m', label: 'Last 15 minutes' },
  { value: '1h', label: 'Last hour' },
  { value: '24h', label: 'Last 24 hours' },
  { value: '7d', label: 'Last 7 days' },
];
const SPANS: Record<string, number> = { '15m': 900, '1h': 3600, '24h': 86_400, '7d': 604_800 };

/** A relative range as an instant, rounded down to a minute so that the question stays the same for that long. */
export const rangeStart = (range: string | null, nowMs: number | null): string | null =>
  range && SPANS[range] && nowMs
    ? new Date(Math.floor(nowMs / 60_000) * 60_000 - SPANS[range] * 1000).toISOString()
    : null;

const narrowing = ({ lane, identityId, sessionId }: Record<'lane' | 'identityId' | 'sessionId', string | null>) =>
  lane ? 'One lane only' : identityId ? 'One identity only' : sessionId ? 'One session only' : 'One workflow only';

/** What is looked for. All of it is in the URL, so a copied link shows the same. */
export function DecisionFilters() {
  const [filters, setFilters] = useFilters(FILTERS);
  const narrowed = filters.identityId ?? filters.sessionId ?? filters.workflowId;
  return (
    <FilterBar
      search="Identity, resource, rule or request id"
      selects={[{ key: 'verdict', label: 'Verdict', options: VERDICTS }]}
    >
      <ActionFilter value={filters.action} onChange={(action) => void setFilters({ action })} />
      <Select
        aria-label="Time"
        placeholder={filters.from || filters.to ? 'Chosen times' : 'Any time'}
        data={RANGES}
        value={filters.range}
        onChange={(range) => void setFilters({ range, from: null, to: null })}
        clearable
        clearButtonProps={{ 'aria-label': 'Clear time' }}
        w={160}
      />
      <Group gap={6}>
        <Chip
          size="xs"
          variant="outline"
          checked={filters.onlySplit === 'true'}
          onChange={(on) => void setFilters({ onlySplit: on ? 'true' : null })}
        >
          Allowed alone, denied together
        </Chip>
        {narrowed ? (
          <Chip
            size="xs"
            variant="outline"
            checked
            onChange={() => void setFilters({ identityId: null, sessionId: null, workflowId: null, lane: null })}
          >
            {narrowing(filters)}
          </Chip>
        ) : null}
        <Chip
          size="xs"
          variant="outline"
          checked={filters.live !== 'off'}
          onChange={(on) => void setFilters({ live: on ? null : 'off' })}
        >
          Live
        </Chip>
      </Group>
    </FilterBar>
  );
}

function ActionFilter({ value, onChange }: { value: string | null; onChange: (value: string | null) => void }) {
  const [text, setText] = useState(value ?? '');
  const write = useDebouncedCallback((next: string) => onChange(next || null), 300);
  useEffect(() => setText(value ?? ''), [value]);
  return (
    <TextInput
      aria-label="Action"
      placeholder="Action, e.g. payment.create"
      value={text}
      maxLength={200}
      w={200}
      onChange={(event) => {
        setText(event.currentTarget.value);
        write(event.currentTarget.value);
      }}
    />
  );
}
