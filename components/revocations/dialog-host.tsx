'use client';

import { createContext, type ReactNode, useCallback, useContext, useRef, useState } from 'react';
import { RevocationDialog } from '@/components/revocations/revocation-dialog';
import type { PreviewInput, RevocationActions } from '@/lib/revocations/model';

interface Asked {
  actions: RevocationActions;
  subject: PreviewInput;
  /** Whose access: the identity's name, or the session's label. */
  name: string;
}

const Open = createContext<(asked: Asked) => void>(() => {
  throw new Error('No dialog host around this button');
});

/** Opens the dialog that ends, pauses or gives back access. */
export const useRevocationDialog = (): ((asked: Asked) => void) => useContext(Open);

/**
 * Holds the one dialog, above every page: the button that opened it may be gone as soon as the state changes (a row of an ended
 * session has none), and the proof must stay on screen all the same.
 */
export function RevocationDialogHost({ children }: { children: ReactNode }) {
  const [asked, setAsked] = useState<Asked>();
  const [opened, setOpened] = useState(false);
  const opener = useRef<Element | null>(null);
  const open = useCallback((next: Asked) => {
    opener.current = document.activeElement;
    setAsked(next);
    setOpened(true);
  }, []);
  // Only once the dialog has gone: until then it keeps the focus, and takes it along when it goes.
  const giveFocusBack = () => {
    if (opener.current instanceof HTMLElement && opener.current.isConnected) opener.current.focus();
  };
  return (
    <Open value={open}>
      {children}
      {asked ? (
        <RevocationDialog opened={opened} onClose={() => setOpened(false)} onClosed={giveFocusBack} {...asked} />
      ) : null}
    </Open>
  );
}
