'use client';

import { Button, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { IconX } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { FilterBar } from '@/components/ui/filter-bar';
import { TimePicker } from '@/components/ui/time-picker';
import { useFilters } from '@/components/ui/use-filters';
import { AUDIT_FILTERS, actionWords } from '@/lib/audit/format';
import { ACTOR_KINDS } from '@/lib/audit/model';

function TextFilter({ name, label }: { name: 'actor' | 'target'; label: string }) {
  const [filters, setFilters] = useFilters(AUDIT_FILTERS);
  const [text, setText] = useState(filters[name] ?? '');
  const write = useDebouncedCallback((value: string) => void setFilters({ [name]: value || null }), 250);
  useEffect(() => setText(filters[name] ?? ''), [filters, name]);
  return (
    <TextInput
      aria-label={label}
      placeholder={label}
      w={116}
      maxLength={200}
      value={text}
      onChange={(event) => {
        setText(event.currentTarget.value);
        write(event.currentTarget.value);
      }}
    />
  );
}

function TimeFilter({ name, label }: { name: 'from' | 'to'; label: string }) {
  const [filters, setFilters] = useFilters(AUDIT_FILTERS);
  return (
    <TimePicker
      bare
      label={label}
      w={158}
      value={filters[name] ? new Date(filters[name]) : null}
      onChange={(value) => void setFilters({ [name]: value ? new Date(value).toISOString() : null })}
    />
  );
}

/** Comes from a grant's page; drawn only while it narrows. */
function GrantFilter() {
  const [{ grant }, setFilters] = useFilters(AUDIT_FILTERS);
  return grant ? (
    <Button rightSection={<IconX size={14} aria-hidden />} onClick={() => void setFilters({ grant: null })}>
      Under one role for a time
    </Button>
  ) : null;
}

export function AuditFilters({ actions }: { actions: string[] }) {
  return (
    <FilterBar
      search="Actor, target, reason"
      selects={[
        { key: 'action', label: 'Action', options: actions.map((value) => ({ value, label: actionWords(value) })) },
        { key: 'actorKind', label: 'Kind of actor', options: ACTOR_KINDS },
      ]}
      also={['actor', 'target', 'grant', 'from', 'to']}
    >
      <GrantFilter />
      <TextFilter name="actor" label="Actor" />
      <TextFilter name="target" label="Target" />
      <TimeFilter name="from" label="From" />
      <TimeFilter name="to" label="Until" />
    </FilterBar>
  );
}
