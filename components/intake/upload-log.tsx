'use client';

import { Button, FileButton } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconUpload } from '@tabler/icons-react';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { useMay } from '@/components/shell/operator-context';

/** Sends a log file to be imported; its format is told by its beginning. */
export function UploadLog() {
  const [busy, setBusy] = useState(false);
  const router = useRouter();
  if (!useMay('import.run')) return null;
  const send = async (file: File | null) => {
    if (!file) return;
    setBusy(true);
    const query = new URLSearchParams({ format: 'auto', name: file.name.slice(0, 300) });
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
    <FileButton onChange={(file) => void send(file)}>
      {(props) => (
        <Button {...props} variant="filled" leftSection={<IconUpload size={15} aria-hidden />} loading={busy}>
          Import a log
        </Button>
      )}
    </FileButton>
  );
}
