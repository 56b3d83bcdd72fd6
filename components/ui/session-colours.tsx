'use client';

import { usePathname } from 'next/navigation';
import { createContext, type ReactNode, useContext, useMemo, useRef } from 'react';
import classes from '@/components/ui/ui.module.css';

const SERIES = 8;

/** The colour of the nth session of a page, as a CSS value that follows light and dark. */
export const sessionColour = (index: number): string => `var(--session-${index % SERIES})`;

interface Colours {
  /** Place in the series by session, of this page. */
  page: Map<string, number>;
  /** The same of all pages since this one was loaded. */
  seen: Map<string, number>;
}

const Assigned = createContext<Colours>({ page: new Map(), seen: new Map() });

/** Around every page: a session keeps one colour on all of a page, and where it can on the pages after it. */
export function SessionColours({ children }: { children: ReactNode }) {
  const pathname = usePathname();
  const seen = useRef(new Map<string, number>()).current;
  // biome-ignore lint/correctness/useExhaustiveDependencies: another page assigns anew
  const assigned = useMemo<Colours>(() => ({ page: new Map(), seen }), [pathname, seen]);
  return <Assigned.Provider value={assigned}>{children}</Assigned.Provider>;
}

/** Places told apart best; the others serve where these are taken. */
const FIRST = [0, 1, 2, 3, 5];

/** The same session wants the same colour wherever it is drawn, whoever looks. */
function wanted(sessionId: string): number {
  let hash = 0;
  for (const char of sessionId) hash = (Math.imul(hash, 31) + char.charCodeAt(0)) >>> 0;
  return FIRST[hash % FIRST.length]!;
}

/** The colour a session wants, or had before; another where that is taken on this page. */
function placeOf({ page, seen }: Colours, sessionId: string): number {
  const present = page.get(sessionId);
  if (present !== undefined) return present;
  const first = seen.get(sessionId) ?? wanted(sessionId);
  const taken = new Set(page.values());
  const free = Array.from({ length: SERIES }, (_, step) => (first + step) % SERIES).find((place) => !taken.has(place));
  const place = free ?? first;
  page.set(sessionId, place);
  seen.set(sessionId, place);
  return place;
}

/** Colours by session id. Of sessions that want the same one the first to appear has it; `order` says who comes first. */
export function useSessionColours(order: readonly string[] = []): (sessionId: string | null) => string {
  const assigned = useContext(Assigned);
  const colourOf = (sessionId: string | null): string =>
    sessionId ? sessionColour(placeOf(assigned, sessionId)) : 'var(--b-dim)';
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
