import { Group } from '@mantine/core';
import type { ReactNode } from 'react';
import classes from '@/components/ui/ui.module.css';

/** What is not there, why, and what to do about it. */
export function EmptyState({ title, children, actions }: { title: string; children?: ReactNode; actions?: ReactNode }) {
  return (
    <div className={classes.empty}>
      <p className={classes.emptyTitle}>{title}</p>
      {children}
      {actions ? (
        <Group justify="center" mt="md" gap="xs">
          {actions}
        </Group>
      ) : null}
    </div>
  );
}
