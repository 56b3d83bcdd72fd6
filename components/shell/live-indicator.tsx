'use client';

import { useLive } from '@/components/shell/live';
import classes from '@/components/shell/shell.module.css';

const WORDS = {
  connecting: ['Connecting', 'The live stream is being opened.'],
  connected: ['Live', 'Changes appear by themselves.'],
  reconnecting: ['Reconnecting', 'The live stream was lost. Pages are renewed every 10 seconds meanwhile.'],
} as const;

export function LiveIndicator() {
  const state = useLive();
  const [word, title] = WORDS[state];
  return (
    <span className={classes.live} data-state={state} title={title} role="status">
      <span className={classes.dot} aria-hidden />
      {word}
    </span>
  );
}
