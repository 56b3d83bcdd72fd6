'use client';

import { Button, Group, Select, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { IconSearch } from '@tabler/icons-react';
import { type ReactNode, useEffect, useState } from 'react';
import { useFilters } from '@/components/ui/use-filters';

export interface FilterSelect {
  /** Name in the URL and of the API's query parameter. */
  key: string;
  label: string;
  options: readonly (string | { value: string; label: string })[];
}

interface FilterBarProps {
  /** Placeholder of the text search `q`; absent: no text search. */
  search?: string;
  selects?: readonly FilterSelect[];
  /** Keys of filters drawn as children, so that Clear clears them too. */
  also?: readonly string[];
  children?: ReactNode;
  /** There is nothing at all to narrow: not drawn as long as no filter is set. */
  nothing?: boolean;
}

/** So wide that its label is read whole (px). */
const widthFor = (label: string): number => Math.max(118, label.length * 7 + 62);

/** Text and choices over a list. Its state is the URL; read it with `useFilters`. */
export function FilterBar({ search, selects = [], also = [], children, nothing }: FilterBarProps) {
  const [filters, setFilters] = useFilters(['q', ...selects.map((select) => select.key), ...also]);
  const [text, setText] = useState(filters.q ?? '');
  const write = useDebouncedCallback((q: string) => void setFilters({ q: q || null }), 250);
  useEffect(() => setText(filters.q ?? ''), [filters.q]); // the browser's back button changes the URL
  const any = Object.values(filters).some(Boolean);
  if (nothing && !any) return null;
  return (
    <Group gap="xs" mb="md" role="search">
      {search ? (
        <TextInput
          aria-label={search}
          placeholder={search}
          value={text}
          maxLength={200}
          leftSection={<IconSearch size={15} aria-hidden />}
          onChange={(event) => {
            setText(event.currentTarget.value);
            write(event.currentTarget.value);
          }}
          style={{ flex: '1 1 180px' }}
          maw={260}
        />
      ) : null}
      {selects.map((select) => (
        <Select
          key={select.key}
          aria-label={select.label}
          placeholder={select.label}
          data={select.options.map((option) =>
            typeof option === 'string' ? { value: option, label: option.replaceAll('_', ' ') } : option,
          )}
          value={filters[select.key] ?? null}
          onChange={(value) => void setFilters({ [select.key]: value })}
          clearable
          clearButtonProps={{ 'aria-label': `Clear ${select.label}` }}
          style={{ flex: `1 1 ${widthFor(select.label)}px` }}
          maw={Math.max(150, widthFor(select.label))}
        />
      ))}
      {children}
      {any ? (
        <Button
          variant="subtle"
          onClick={() => {
            setText('');
            void setFilters(Object.fromEntries(Object.keys(filters).map((key) => [key, null])));
          }}
        >
          Clear filters
        </Button>
      ) : null}
    </Group>
  );
}
