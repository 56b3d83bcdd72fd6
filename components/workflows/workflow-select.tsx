'use client';

import { Select } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useState } from 'react';
import { useApi } from '@/components/ui/use-api';
import type { Page } from '@/lib/http/model';

interface WorkflowSelectProps {
  value: string | null;
  onChange: (id: string | null) => void;
}

/** A workflow, found by its name. */
export function WorkflowSelect({ value, onChange }: WorkflowSelectProps) {
  const [typed, setTyped] = useState('');
  const [q] = useDebouncedValue(typed, 200);
  const { data } = useApi<Page<{ id: string; name: string }>>('/workflows', { limit: '20', ...(q ? { q } : {}) });
  return (
    <Select
      label="Workflow"
      searchable
      value={value}
      onChange={onChange}
      onSearchChange={setTyped}
      filter={({ options }) => options}
      data={(data?.items ?? []).map((one) => ({ value: one.id, label: one.name }))}
      nothingFoundMessage="No workflow of that name"
      data-autofocus
    />
  );
}
