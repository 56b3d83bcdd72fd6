'use client';

import { useNow } from '@/components/ui/browser-clock';
import { absolute, clockTime, relative, utc } from '@/components/ui/dates';
import classes from '@/components/ui/ui.module.css';

interface WhenProps {
  at: string | null;
  /** relative "6 min ago" (default) · absolute "12 Nov 2026, 10:42:17" · time "10:42:17.204". The title always has all of it. */
  show?: 'relative' | 'absolute' | 'time';
  /** Shown for null. */
  never?: string;
}

/** A time. The server paints it in UTC; the browser puts its own zone and "ago" in, without a hydration mismatch. */
export function When({ at, show = 'relative', never = '–' }: WhenProps) {
  const now = useNow();
  if (!at) return <span className={classes.number}>{never}</span>;
  const text = () => {
    if (now === null) return show === 'time' ? utc(at).slice(11, 19) : utc(at);
    if (show === 'absolute') return absolute(at);
    return show === 'time' ? clockTime(at, true) : relative(at, now);
  };
  return (
    <time dateTime={at} className={classes.number} title={now === null ? utc(at) : `${absolute(at)} · ${utc(at)}`}>
      {text()}
    </time>
  );
}

/** A time that something lasts to: "12 Nov 2026, 10:42:17 (in 41 min)". */
export const Until = ({ at }: { at: string }) => (
  <>
    <When at={at} show="absolute" /> (<When at={at} />)
  </>
);
