'use client';

import { lifetimeText, trustAgeMs } from '@/components/sessions/session-words';
import classes from '@/components/sessions/sessions.module.css';
import { useNow } from '@/components/ui/browser-clock';
import { duration } from '@/components/ui/dates';
import type { SessionRow } from '@/lib/sessions/model';

/** What nobody told is said to be unknown, not left blank. */
export const Unknown = () => <span className={classes.unknown}>unknown</span>;

/** How long it has lived, ticking while it does. */
export function Lifetime({ session }: { session: Pick<SessionRow, 'startedAt' | 'endedAt' | 'lastEventAt'> }) {
  const now = useNow() ?? Date.parse(session.lastEventAt);
  return <span className={classes.number}>{lifetimeText(session, now)}</span>;
}

/** How long ago trust was last established. */
export function TrustAge({ session }: { session: SessionRow }) {
  const now = useNow() ?? Date.parse(session.lastEventAt);
  const age = trustAgeMs(session, now);
  return age === null ? <Unknown /> : <span className={classes.number}>{duration(age)}</span>;
}
