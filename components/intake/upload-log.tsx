'use client';

import { Button, FileButton, Select } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconUpload } from '@tabler/icons-react';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { useMay } from '@/components/shell/operator-context';
import { useApi } from '@/components/ui/use-api';
import type { Page } from '@/lib/http/model';
import type { MappingRow } from '@/lib/mappings/model';

/** Sends a log file to be imported; its format is told by its beginning, or by a mapping that is kept. */
export function UploadLog() {
  const [busy, setBusy] = useState(false);
  const router = useRouter();
  const [mapping, setMapping] = useState<string | null>(null);
  const { data: kept } = useApi<Page<MappingRow>>('/event-mappings', { limit: '200' }, { everyMs: false });
  if (!useMay('import.run')) return null;
  const send = async (file: File | null) => {
    if (!file) return;
    setBusy(true);
    const read: Record<string, string> = mapping ? { format: 'generic', mapping } : { format: 'auto' };
    const query = new URLSearchParams({ ...read, name: file.name.slice(0, 300) });
    const answer = await fetch(`/api/v1/imports?${query}`, { method: 'POST', body: file }).catch(() => null);
    const said = (await answer?.json().catch(() => null)) as {
      importId?: string;
      detail?: string;
      title?: string;
    } | null;
    setBusy(false);
    if (answer?.ok && said?.importId) return router.push(`/intake/imports/${said.importId}`);
    notifications.show({
      title: 'Not imported',
      message: said?.detail ?? said?.title ?? 'The file could not be sent.',
      color: 'red',
      autoClose: 12_000,
    });
  };
  return (
    <>
      {kept && kept.items.length > 0 ? (
        <Select
          aria-label="Read as"
          placeholder="its beginning tells what it is"
          data={kept.items.map(({ name, title }) => ({ value: name, label: `by the mapping ${title}` }))}
          value={mapping}
          onChange={setMapping}
          clearable
          clearButtonProps={{ 'aria-label': 'Let its beginning tell' }}
        />
      ) : null}
      <FileButton onChange={(file) => void send(file)}>
        {(props) => (
          <Button {...props} variant="filled" leftSection={<IconUpload size={15} aria-hidden />} loading={busy}>
            Import a log
          </Button>
        )}
      </FileButton>
    </>
  );
}
