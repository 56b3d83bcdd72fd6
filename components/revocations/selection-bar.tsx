'use client';

import { Button, Group, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import classes from '@/components/revocations/revocations.module.css';

/** What can be done with the rows that were chosen; nothing is drawn while none is. */
export function SelectionBar({
  count,
  onClear,
  children,
}: {
  count: number;
  onClear: () => void;
  children: ReactNode;
}) {
  if (count === 0) return null;
  return (
    <section className={classes.chosen} aria-label="Chosen rows">
      <Text size="sm">
        <b>{count}</b> chosen
      </Text>
      <Group gap="xs">
        {children}
        <Button size="xs" onClick={onClear}>
          Clear
        </Button>
      </Group>
    </section>
  );
}
