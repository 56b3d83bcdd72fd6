'use client';

import { useNow } from '@/components/ui/browser-clock';
import { absolute, clockTime, utc } from '@/components/ui/dates';
import { remaining } from '@/components/ui/remaining';
import classes from '@/components/ui/ui.module.css';

/** What is left until then, down to the second: "41:07". The server paints the time itself. */
export function Countdown({ to }: { to: string }) {
  const now = useNow();
  return (
    <time dateTime={to} className={classes.number} title={now === null ? utc(to) : `${absolute(to)} · ${utc(to)}`}>
      {now === null ? utc(to) : `${remaining(Date.parse(to) - now)} (${clockTime(to)})`}
    </time>
  );
}
