'use client';

import { usePathname } from 'next/navigation';
import { createContext, type ReactNode, useCallback, useContext, useRef, useState } from 'react';
import { type BulkAsked, BulkDialog } from '@/components/revocations/bulk-dialog';
import { RevocationDialog } from '@/components/revocations/revocation-dialog';
import type { RevocationActions } from '@/lib/revocations/actions-model';
import type { PreviewInput } from '@/lib/revocations/model';

interface Asked {
  actions: RevocationActions;
  subject: PreviewInput;
  /** Whose access: the identity's name, or the session's label. */
  name: string;
}

const Open = createContext<(asked: Asked) => void>(() => {
  throw new Error('No dialog host around this button');
});

const OpenBulk = createContext<(asked: BulkAsked) => void>(() => {
  throw new Error('No dialog host around this button');
});

/** Opens the dialog of one action over many. */
export const useBulkDialog = (): ((asked: BulkAsked) => void) => useContext(OpenBulk);

/** Opens the dialog that ends, pauses or gives back access. */
export const useRevocationDialog = (): ((asked: Asked) => void) => useContext(Open);

/**
 * Holds the one dialog, above every page: the button that opened it may be gone as soon as the state changes (a row of an ended
 * session has none), and the proof must stay on screen all the same.
 */
export function RevocationDialogHost({ children }: { children: ReactNode }) {
  const [asked, setAsked] = useState<Asked>();
  const [many, setMany] = useState<BulkAsked>();
  const [opened, setOpened] = useState<'one' | 'many' | null>(null);
  const opener = useRef<Element | null>(null);
  // Who follows a link out of it wants to read the page it leads to.
  const pathname = usePathname();
  const [openedAt, setOpenedAt] = useState(pathname);
  if (openedAt !== pathname) {
    setOpenedAt(pathname);
    setOpened(null);
  }
  const open = useCallback((next: Asked) => {
    opener.current = document.activeElement;
    setAsked(next);
    setOpened('one');
  }, []);
  const openMany = useCallback((next: BulkAsked) => {
    opener.current = document.activeElement;
    setMany(next);
    setOpened('many');
  }, []);
  const close = () => setOpened(null);
  // Only once the dialog has gone: until then it keeps the focus, and takes it along when it goes.
  const giveFocusBack = () => {
    if (opener.current instanceof HTMLElement && opener.current.isConnected) opener.current.focus();
  };
  return (
    <Open value={open}>
      <OpenBulk value={openMany}>{children}</OpenBulk>
      {asked ? (
        <RevocationDialog
          opened={opened === 'one'}
          onClose={close}
          onClosed={giveFocusBack}
          onOther={setAsked}
          {...asked}
        />
      ) : null}
      {many ? <BulkDialog opened={opened === 'many'} onClose={close} onClosed={giveFocusBack} {...many} /> : null}
    </Open>
  );
}
