'use client';

import { Button } from '@mantine/core';
import classes from '@/components/ui/ui.module.css';

interface ErrorStateProps {
  title?: string;
  message: string;
  /** To find it in the log. */
  requestId?: string;
  retry?: () => void;
}

export function ErrorState({ title = 'This could not be loaded', message, requestId, retry }: ErrorStateProps) {
  return (
    <div className={classes.empty} role="alert">
      <p className={classes.emptyTitle}>{title}</p>
      <div>{message}</div>
      {requestId ? <div className={classes.mono}>request {requestId}</div> : null}
      {retry ? (
        <Button mt="md" onClick={retry}>
          Try again
        </Button>
      ) : null}
    </div>
  );
}
