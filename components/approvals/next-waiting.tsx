'use client';

import { Button } from '@mantine/core';
import Link from 'next/link';
import { useMay } from '@/components/shell/operator-context';
import { useApi } from '@/components/ui/use-api';
import type { RequestRow } from '@/lib/approvals/model';
import type { Page } from '@/lib/http/model';

/** Once a request is answered: the way to the next one that waits, or back to the list. */
export function NextWaiting() {
  const may = useMay('approval.answer');
  const { data } = useApi<Page<RequestRow>>('/approvals', { state: 'pending', limit: '1' });
  const [next] = data?.items ?? [];
  if (!may || !data) return null;
  return next ? (
    <Button size="sm" component={Link} href={`/approvals/${next.id}`}>
      Next: {next.identityName} waits
    </Button>
  ) : (
    <Button size="sm" component={Link} href="/approvals">
      Nothing else waits
    </Button>
  );
}
