'use client';

import { createContext, type ReactNode, useContext } from 'react';
import type { Strand } from '@/components/decisions/path-state';
import { sessionColour, useSessionColours } from '@/components/ui/session-colours';

const Palette = createContext<readonly string[]>([]);

/** Gives each strand the colour its session has everywhere else, by its place in the path's series. */
export function PathPalette({ strands, children }: { strands: Strand[]; children: ReactNode }) {
  const drawn = strands.filter((strand) => strand.color >= 0).sort((a, b) => a.color - b.color);
  const colourOf = useSessionColours(drawn.map((strand) => strand.sessionId ?? strand.key).sort());
  return <Palette value={drawn.map((strand) => colourOf(strand.sessionId ?? strand.key))}>{children}</Palette>;
}

/** Colour of a place in the path's series; -1 is the neutral one. */
export function usePathColour(): (index: number) => string {
  const palette = useContext(Palette);
  return (index) => (index < 0 ? 'var(--b-dim)' : (palette[index] ?? sessionColour(index)));
}

/** Colour of a session by its id: as its strand has it. */
export const usePathColours = (): ((sessionId: string | null) => string) => useSessionColours();
