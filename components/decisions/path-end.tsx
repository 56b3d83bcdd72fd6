'use client';

import type { ComponentProps, Ref } from 'react';
import type { Strand } from '@/components/decisions/path-state';
import { TerminateButton } from '@/components/revocations/terminate-button';
import { useMay } from '@/components/shell/operator-context';

export interface PathEndProps {
  /** Around the button of the one strand: the key T presses it. */
  ref?: Ref<HTMLDivElement>;
  actions: ComponentProps<typeof TerminateButton>['actions'];
  focused: Strand | null;
  live: Strand[];
}

const session = (strand: Strand) => ({
  id: strand.sessionId ?? '',
  label: strand.label,
  identityName: strand.identityName,
});

/** Ends the strand singled out (else the fastest), or all that still live. */
export function PathEnd({ ref, actions, focused, live }: PathEndProps) {
  const may = useMay('session.terminate');
  if (!focused) return <span>Every session of this path has ended.</span>;
  return (
    <>
      <div ref={ref}>
        <TerminateButton actions={actions} sessions={[session(focused)]} may={may} />
      </div>
      {live.length > 1 ? <TerminateButton actions={actions} sessions={live.map(session)} may={may} /> : null}
    </>
  );
}
