'use client';

import { Button, Group } from '@mantine/core';
import { useClipboard } from '@mantine/hooks';
import { useState } from 'react';
import classes from '@/components/decisions/decisions.module.css';
import { Panel } from '@/components/ui/panel';

interface RawJsonProps {
  title: string;
  note?: string;
  value: unknown;
  open?: boolean;
}

/** JSON as it is: shown on demand, copied with one click. */
export function RawJson({ title, note, value, open = false }: RawJsonProps) {
  const [shown, setShown] = useState(open);
  const clipboard = useClipboard({ timeout: 1500 });
  const text = JSON.stringify(value, null, 2);
  return (
    <Panel
      title={title}
      note={
        <Group gap={6}>
          {note}
          <Button size="compact-xs" variant="subtle" onClick={() => clipboard.copy(text)} aria-label={`Copy ${title}`}>
            {clipboard.copied ? 'Copied' : 'Copy'}
          </Button>
          <Button
            size="compact-xs"
            variant="subtle"
            onClick={() => setShown(!shown)}
            aria-expanded={shown}
            aria-label={`${shown ? 'Hide' : 'Show'} ${title}`}
          >
            {shown ? 'Hide' : 'Show'}
          </Button>
        </Group>
      }
    >
      {shown ? (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls has to be reachable by key
        <section className={classes.json} aria-label={title} tabIndex={0}>
          <pre>{text}</pre>
        </section>
      ) : null}
    </Panel>
  );
}
