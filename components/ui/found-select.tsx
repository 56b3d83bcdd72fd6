'use client';

import { Select } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useState } from 'react';
import { useApi } from '@/components/ui/use-api';
import type { Page } from '@/lib/http/model';

interface FoundSelectProps {
  /** Where rows with an id and a name (findings: a title) are looked for by `q`, under /api/v1. */
  path: '/identities' | '/workflows' | '/findings';
  label: string;
  nothing: string;
  value: string | null;
  onChange: (id: string | null) => void;
  /** The dialog it stands in begins here. */
  first?: boolean;
}

/** One of a list too long to show, found by its name. */
export function FoundSelect({ path, label, nothing, value, onChange, first }: FoundSelectProps) {
  const [typed, setTyped] = useState('');
  const [q] = useDebouncedValue(typed, 200);
  const { data } = useApi<Page<{ id: string; name?: string; title?: string }>>(path, {
    limit: '20',
    ...(q ? { q } : {}),
  });
  return (
    <Select
      label={label}
      searchable
      value={value}
      onChange={onChange}
      onSearchChange={setTyped}
      filter={({ options }) => options}
      data={(data?.items ?? []).map((one) => ({ value: one.id, label: one.name ?? one.title ?? one.id }))}
      nothingFoundMessage={nothing}
      data-autofocus={first || undefined}
    />
  );
}
