'use client';

import { Button, Select, Textarea, TextInput } from '@mantine/core';
import { useDebouncedValue, useDisclosure } from '@mantine/hooks';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { useMay } from '@/components/shell/operator-context';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import { useApi } from '@/components/ui/use-api';
import { SEVERITIES, type Severity } from '@/lib/findings/model';
import type { ActionError, Page } from '@/lib/http/model';
import type { IdentityRow } from '@/lib/identities/model';

export type NewFindingAction = (input: {
  identityId: string;
  severity: Severity;
  title: string;
  summary: string;
}) => Promise<{ data?: { id: string }; error?: ActionError }>;

/** Writes down what no detector saw. */
export function NewFinding({ create }: { create: NewFindingAction }) {
  const [opened, { open, close }] = useDisclosure(false);
  const [identityId, setIdentityId] = useState<string | null>(null);
  const [search, setSearch] = useState('');
  const [q] = useDebouncedValue(search, 200);
  const [severity, setSeverity] = useState<Severity>('medium');
  const [title, setTitle] = useState('');
  const [summary, setSummary] = useState('');
  const router = useRouter();
  const { data } = useApi<Page<IdentityRow>>(
    '/identities',
    { q: q || null, limit: 20 },
    { enabled: opened, everyMs: false },
  );
  if (!useMay('finding.write')) return null;
  const submit = async () => {
    const result = await create({ identityId: identityId ?? '', severity, title, summary });
    if (result.data) router.push(`/findings/${result.data.id}`);
    return result;
  };
  return (
    <>
      <Button onClick={open}>Write down a finding</Button>
      <ConfirmDialog
        opened={opened}
        onClose={close}
        title="Write down a finding"
        confirm="Add finding"
        danger={false}
        disabled={!identityId || title.trim().length < 3}
        onConfirm={submit}
      >
        <Select
          label="Identity"
          placeholder="Type a name"
          searchable
          searchValue={search}
          onSearchChange={setSearch}
          value={identityId}
          onChange={setIdentityId}
          data={(data?.items ?? []).map((row) => ({ value: row.id, label: row.name }))}
          filter={({ options }) => options}
          nothingFoundMessage="No identity of that name"
        />
        <Select
          label="Severity"
          data={[...SEVERITIES]}
          value={severity}
          onChange={(value) => setSeverity((value ?? 'medium') as Severity)}
          allowDeselect={false}
        />
        <TextInput
          label="What you found"
          value={title}
          maxLength={300}
          onChange={(event) => setTitle(event.currentTarget.value)}
        />
        <Textarea
          label="In more words (optional)"
          value={summary}
          maxLength={2000}
          autosize
          minRows={2}
          maxRows={8}
          onChange={(event) => setSummary(event.currentTarget.value)}
        />
      </ConfirmDialog>
    </>
  );
}
