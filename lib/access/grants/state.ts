import type { Ending, GrantState } from '@/lib/access/grants/model';

interface Kept {
  /** As stored: asked | granted | declined | ended. */
  state: string;
  lapsesAt: Date;
  until: Date | null;
  endedAt: Date | null;
  endedHow: string | null;
}

export interface Standing {
  state: GrantState;
  how: Ending | null;
  endedAt: Date | null;
}

/** Where a grant stands at `now`, whether or not its end has been written down. The end itself is over already. */
export function standingAt(kept: Kept, now: Date): Standing {
  const { state, lapsesAt, until } = kept;
  if (state === 'declined') return { state, how: null, endedAt: null };
  if (state === 'asked')
    return now < lapsesAt
      ? { state: 'waiting', how: null, endedAt: null }
      : { state: 'ended', how: 'lapsed', endedAt: lapsesAt };
  if (state === 'granted' && until)
    return now < until
      ? { state: 'live', how: null, endedAt: null }
      : { state: 'ended', how: 'expired', endedAt: until };
  return { state: 'ended', how: kept.endedHow as Ending | null, endedAt: kept.endedAt };
}
