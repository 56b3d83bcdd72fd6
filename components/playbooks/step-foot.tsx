import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import classes from '@/components/playbooks/playbooks.module.css';

interface StepFootProps {
  /** What is still to be said or done before. */
  children: ReactNode;
  /** "Done: 2 verified". */
  done: string;
  onDone: () => void;
  busy: boolean;
  disabled?: boolean;
}

/** The end of a step: what it takes, and the button that closes it. */
export function StepFoot({ children, done, onDone, busy, disabled }: StepFootProps) {
  return (
    <div className={classes.foot}>
      {children}
      <Button variant="filled" loading={busy} disabled={disabled} onClick={onDone}>
        {done}
      </Button>
    </div>
  );
}
