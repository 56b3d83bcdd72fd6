import Link from 'next/link';
import type { ReactNode } from 'react';
import type { Tone } from '@/components/ui/badge';
import classes from '@/components/ui/ui.module.css';

interface StatProps {
  label: string;
  value: ReactNode;
  /** Smaller, after the value: "/ 2 allowed". */
  of?: ReactNode;
  /** What is usual, over which time. */
  sub?: ReactNode;
  /** Where the rows behind the number are. */
  href?: string;
  tone?: Exclude<Tone, 'quiet'>;
}

export function Stat({ label, value, of, sub, href, tone }: StatProps) {
  const body = (
    <>
      <div className={classes.statLabel}>{label}</div>
      <div className={classes.statValue} style={tone ? { color: `var(--b-${tone})` } : undefined}>
        {value}
        {of ? <span className={classes.statOf}> {of}</span> : null}
      </div>
      {sub ? <div className={classes.statSub}>{sub}</div> : null}
    </>
  );
  const className = `${classes.panel} ${classes.stat}`;
  return href ? (
    <Link href={href} className={className}>
      {body}
    </Link>
  ) : (
    <div className={className}>{body}</div>
  );
}
