'use client';

import { MultiSelect } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useState } from 'react';
import { useApi } from '@/components/ui/use-api';
import type { Page } from '@/lib/http/model';

interface IdentitiesSelectProps {
  value: string[];
  onChange: (ids: string[]) => void;
  /** Ids that are in it already. */
  without?: readonly string[];
}

/** Identities found by their name; those chosen stay although another name is looked for. */
export function IdentitiesSelect({ value, onChange, without = [] }: IdentitiesSelectProps) {
  const [typed, setTyped] = useState('');
  const [known, setKnown] = useState<Record<string, string>>({});
  const [q] = useDebouncedValue(typed, 200);
  const { data } = useApi<Page<{ id: string; name: string }>>('/identities', { limit: '30', ...(q ? { q } : {}) });
  const found = (data?.items ?? []).filter((one) => !without.includes(one.id));
  const names = { ...known, ...Object.fromEntries(found.map((one) => [one.id, one.name])) };
  const ids = [...new Set([...value, ...found.map((one) => one.id)])];
  return (
    <MultiSelect
      label="Identities"
      placeholder={value.length === 0 ? 'Find by name' : undefined}
      searchable
      value={value}
      onChange={(chosen) => {
        setKnown(names);
        onChange(chosen);
      }}
      searchValue={typed}
      onSearchChange={setTyped}
      filter={({ options }) => options}
      data={ids.map((id) => ({ value: id, label: names[id] ?? id }))}
      maxValues={200}
      nothingFoundMessage="No identity of that name"
      hidePickedOptions
    />
  );
}
