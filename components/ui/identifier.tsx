'use client';

import { useClipboard } from '@mantine/hooks';
import classes from '@/components/ui/ui.module.css';

/** Cuts the middle out: both ends of an identifier tell more than its first half. */
export const shortened = (text: string, max: number): string => {
  if (text.length <= max) return text;
  const tail = Math.floor((max - 1) / 2);
  return `${text.slice(0, max - 1 - tail)}…${text.slice(-tail)}`;
};

interface IdentifierProps {
  value: string;
  /** Characters shown at most; the whole is copied. Default 24. */
  max?: number;
}

/** An id, key or ARN: mono, shortened in the middle, copied by click or Enter. Inside a link use `<span className>` instead: a button may not nest. */
export function Identifier({ value, max = 24 }: IdentifierProps) {
  const clipboard = useClipboard({ timeout: 1500 });
  return (
    <button
      type="button"
      className={classes.identifier}
      title={clipboard.copied ? 'Copied' : `${value} · click to copy`}
      onClick={(event) => {
        event.stopPropagation();
        clipboard.copy(value);
      }}
    >
      {shortened(value, max)}
      <span aria-live="polite">{clipboard.copied ? ' ✓' : ''}</span>
    </button>
  );
}
