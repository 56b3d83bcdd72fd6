import { Group } from '@mantine/core';
import type { ReactNode } from 'react';
import classes from '@/components/ui/ui.module.css';

interface PageHeaderProps {
  /** What the page found, as one sentence. */
  title: ReactNode;
  sub?: ReactNode;
  actions?: ReactNode;
}

export function PageHeader({ title, sub, actions }: PageHeaderProps) {
  return (
    <header className={classes.header}>
      <div style={{ flex: '1 1 420px', minWidth: 0 }}>
        <h1 className={classes.title}>{title}</h1>
        {sub ? <div className={classes.sub}>{sub}</div> : null}
      </div>
      {actions ? <Group gap="xs">{actions}</Group> : null}
    </header>
  );
}
