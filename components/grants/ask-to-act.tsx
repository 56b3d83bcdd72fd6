'use client';

import { Button } from '@mantine/core';
import { IconShieldUp } from '@tabler/icons-react';
import Link from 'next/link';
import { useAccess, useMay } from '@/components/shell/operator-context';
import type { AboutType } from '@/lib/access/grants/model';

/** For whoever may not end this access: the way to ask for a role with which they may. */
export function AskToAct({ type, id }: { type: AboutType; id: string }) {
  const { open } = useAccess();
  const may = useMay('identity.revoke');
  if (may || open) return null;
  return (
    <Button
      size="sm"
      component={Link}
      href={`/settings/grants?ask=1&about=${type}&id=${id}`}
      leftSection={<IconShieldUp size={15} aria-hidden />}
      prefetch={false}
    >
      Ask to act…
    </Button>
  );
}
