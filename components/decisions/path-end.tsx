'use client';

import { Button } from '@mantine/core';
import type { Ref } from 'react';
import shared from '@/components/decisions/decisions.module.css';
import type { Strand } from '@/components/decisions/path-state';
import { useRevocationDialog } from '@/components/revocations/dialog-host';
import { useMay } from '@/components/shell/operator-context';
import type { RevocationActions } from '@/lib/revocations/actions-model';

export interface PathEndProps {
  /** Around the button of the one strand: the key T presses it. */
  ref?: Ref<HTMLDivElement>;
  actions: RevocationActions;
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
  const ask = useRevocationDialog();
  if (!may) return null;
  if (!focused) return ended === 0 ? null : <span className={shared.dim}>Every session of this path has ended.</span>;
  const open = (strands: Strand[]) =>
    ask({
      actions,
      subject: { kind: 'terminate', sessionIds: strands.flatMap((strand) => strand.sessionId ?? []).slice(0, MOST) },
      name: strands.length === 1 ? strands[0]!.label : `${strands.length} sessions of this path`,
    });
  return (
    <>
      <div ref={ref} style={{ flex: 1 }}>
        <Button fullWidth variant="filled" color="red" onClick={() => open([focused])}>
          End {short(focused.label)}…
        </Button>
      </div>
      {live.length > 1 ? <Button onClick={() => open(live)}>End all {live.length}…</Button> : null}
    </>
  );
}
