'use client';

import { Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { useMay } from '@/components/shell/operator-context';
import { useApi } from '@/components/ui/use-api';
import type { StartPlaybook } from '@/lib/playbooks/actions-model';
import type { PlaybookRow } from '@/lib/playbooks/model';

interface StartButtonProps {
  identityId: string;
  /** Of this finding; absent: of the identity itself. */
  findingId?: string;
  start: StartPlaybook;
}

/** Leads to the playbook of a finding, or to one of the identity that is not contained yet; where there is none, starts it. */
export function StartButton({ identityId, findingId, start }: StartButtonProps) {
  const may = useMay('finding.write');
  const router = useRouter();
  const [busy, setBusy] = useState(false);
  const asked = findingId ? { findingId } : { identityId, state: 'open' };
  const { data } = useApi<{ items: PlaybookRow[] }>('/playbooks', asked);
  const [known] = data?.items ?? [];
  if (known)
    return (
      <Button component={Link} href={`/playbooks/${known.id}`}>
        Playbook:{' '}
        {known.state === 'contained'
          ? 'contained'
          : `${known.steps.filter((step) => step.state !== 'open').length} of 4`}
      </Button>
    );
  if (!may || !data) return null;
  const begin = async () => {
    setBusy(true);
    const answer = await start({ identityId, ...(findingId ? { findingId } : {}) });
    setBusy(false);
    if (answer.error) notifications.show({ color: 'red', message: answer.error.message });
    if (answer.data) router.push(`/playbooks/${answer.data.id}`);
  };
  return (
    <Button loading={busy} onClick={begin}>
      Start a playbook
    </Button>
  );
}
