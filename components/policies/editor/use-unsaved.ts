'use client';

import { useEffect, useState } from 'react';

/**
 * Keeps what is typed from being lost: asks before the tab is closed, and stops links of the console. Answers where a link
 * wanted to go, and a way to forget it.
 */
export function useUnsaved(dirty: boolean): { wanted: string | null; stay: () => void } {
  const [wanted, setWanted] = useState<string | null>(null);
  useEffect(() => {
    if (!dirty) return;
    const unload = (event: BeforeUnloadEvent) => event.preventDefault();
    const click = (event: MouseEvent) => {
      const anchor = (event.target as Element | null)?.closest?.('a[href]');
      if (!(anchor instanceof HTMLAnchorElement) || event.metaKey || event.ctrlKey || event.shiftKey || anchor.target)
        return;
      if (anchor.origin !== window.location.origin || anchor.pathname === window.location.pathname) return;
      event.preventDefault();
      event.stopPropagation();
      setWanted(anchor.pathname + anchor.search + anchor.hash);
    };
    window.addEventListener('beforeunload', unload);
    document.addEventListener('click', click, true);
    return () => {
      window.removeEventListener('beforeunload', unload);
      document.removeEventListener('click', click, true);
    };
  }, [dirty]);
  return { wanted, stay: () => setWanted(null) };
}
