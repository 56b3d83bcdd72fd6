'use client';

import { usePathname } from 'next/navigation';
import { createContext, type ReactNode, useContext, useMemo } from 'react';
import classes from '@/components/ui/ui.module.css';

const SERIES = 8;

/** The colour of the nth session of a page, as a CSS value that follows light and dark. */
export const sessionColour = (index: number): string => `var(--session-${index % SERIES})`;

const Assigned = createContext<Map<string, number>>(new Map());

/** Around every page: a session keeps one colour on all of a page. */
export function SessionColours({ children }: { children: ReactNode }) {
  const pathname = usePathname();
  // biome-ignore lint/correctness/useExhaustiveDependencies: another page assigns anew
  const assigned = useMemo(() => new Map<string, number>(), [pathname]);
  return <Assigned.Provider value={assigned}>{children}</Assigned.Provider>;
}

/** Colours by session id, given out in the order of first appearance; `order` gives them out in that order beforehand. */
export function useSessionColours(order: readonly string[] = []): (sessionId: string | null) => string {
  const assigned = useContext(Assigned);
  const colourOf = (sessionId: string | null): string => {
    if (!sessionId) return 'var(--b-dim)';
    const index = assigned.get(sessionId) ?? assigned.size;
    assigned.set(sessionId, index);
    return sessionColour(index);
  };
  for (const id of order) colourOf(id);
  return colourOf;
}

/** A session's colour with its name beside it: colour alone never says which. */
export function SessionName({ id, label }: { id: string | null; label: string }) {
  const colourOf = useSessionColours();
  return (
    <span className={classes.session}>
      <span className={classes.swatch} style={{ background: colourOf(id) }} aria-hidden />
      {label}
    </span>
  );
}
