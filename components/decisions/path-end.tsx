'use client';

import { Button } from '@mantine/core';
import { type ComponentProps, type Ref, useState } from 'react';
import shared from '@/components/decisions/decisions.module.css';
import type { Strand } from '@/components/decisions/path-state';
import { RevocationDialog } from '@/components/revocations/revocation-dialog';
import { useMay } from '@/components/shell/operator-context';

export interface PathEndProps {
  /** Around the button of the one strand: the key T presses it. */
  ref?: Ref<HTMLDivElement>;
  actions: ComponentProps<typeof RevocationDialog>['actions'];
  focused: Strand | null;
  live: Strand[];
  /** How many sessions of the path have ended already. */
  ended: number;
}

const short = (label: string): string => label.split(' · ').at(-1) ?? label;
const MOST = 200; // sessions one revocation takes

/** Ends the strand singled out (else the fastest), or all that still live. */
export function PathEnd({ ref, actions, focused, live, ended }: PathEndProps) {
  const may = useMay('session.terminate');
  const [opened, setOpened] = useState(false);
  const [ending, setEnding] = useState<Strand[]>([]); // held while the dialog shows what became of them
  const [only] = ending;
  if (!may) return null;
  if (!focused && !opened && ended === 0) return null;
  if (!focused && !opened) return <span className={shared.dim}>Every session of this path has ended.</span>;
  const open = (strands: Strand[]) => {
    setEnding(strands);
    setOpened(true);
  };
  return (
    <>
      {focused ? (
        <div ref={ref} style={{ flex: 1 }}>
          <Button fullWidth variant="filled" color="red" onClick={() => open([focused])}>
            End {short(focused.label)}…
          </Button>
        </div>
      ) : null}
      {live.length > 1 ? <Button onClick={() => open(live)}>End all {live.length}…</Button> : null}
      {only ? (
        <RevocationDialog
          opened={opened}
          onClose={() => setOpened(false)}
          actions={actions}
          subject={{ kind: 'terminate', sessionIds: ending.flatMap((strand) => strand.sessionId ?? []).slice(0, MOST) }}
          name={ending.length === 1 ? only.label : `${ending.length} sessions of this path`}
        />
      ) : null}
    </>
  );
}
