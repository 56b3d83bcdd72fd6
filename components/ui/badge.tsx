import type { ReactNode } from 'react';
import classes from '@/components/ui/ui.module.css';

/** red deny and critical · amber step-up and residual · violet pause · green allow and verified · blue in progress · quiet the rest. */
export type Tone = 'red' | 'amber' | 'green' | 'violet' | 'blue' | 'quiet';

/** An outline and a word; never a fill alone. */
export function Badge({ tone = 'quiet', children, title }: { tone?: Tone; children: ReactNode; title?: string }) {
  return (
    <span className={classes.badge} data-tone={tone} title={title}>
      {children}
    </span>
  );
}
