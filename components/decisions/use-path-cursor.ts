'use client';

import { parseAsInteger, parseAsString, parseAsStringLiteral, useQueryStates } from 'nuqs';
import { useCallback, useEffect, useRef, useState } from 'react';

export const VIEWS = ['together', 'alone', 'what-if', 'table'] as const;
export type View = (typeof VIEWS)[number];

export interface PathCursor {
  view: View;
  setView: (view: View) => void;
  /** The step the page stands at; -1 with no steps. */
  index: number;
  /** The step pointed at, else `index`. */
  shown: number;
  point: (index: number | null) => void;
  go: (index: number) => void;
  playing: boolean;
  togglePlay: () => void;
  /** Key of the strand singled out, if one was. */
  strand: string | null;
  setStrand: (key: string | null) => void;
}

/**
 * Where on the path the page stands. All of it but the pointer is in the URL, so a copied link shows the same. `keys` names
 * the steps: when the path moves on, the page stays at the step it stood at.
 */
export function usePathCursor(keys: string[], start: number, endStrand: () => void): PathCursor {
  const count = keys.length;
  const [state, set] = useQueryStates(
    { view: parseAsStringLiteral(VIEWS).withDefault('together'), step: parseAsInteger, strand: parseAsString },
    { history: 'replace', clearOnDefault: true },
  );
  const [pointed, point] = useState<number | null>(null);
  const [playing, setPlaying] = useState(false);
  const clamp = useCallback((index: number) => Math.max(Math.min(index, count - 1), count > 0 ? 0 : -1), [count]);
  const picked = useRef<{ keys: string[]; key: string } | null>(null);
  const moved = picked.current && picked.current.keys !== keys ? keys.indexOf(picked.current.key) : -1;
  const index = clamp(state.step === null ? start : moved >= 0 ? moved : state.step - 1);
  const go = useCallback((to: number) => void set({ step: clamp(to) + 1 || null }), [clamp, set]);
  useEffect(() => {
    if (state.step === null || index < 0) {
      picked.current = null;
      return;
    }
    picked.current = { keys, key: keys[index]! };
    if (index !== state.step - 1) void set({ step: index + 1 });
  }, [keys, index, state.step, set]);
  const togglePlay = useCallback(() => {
    if (!playing && index >= count - 1) go(0);
    setPlaying(!playing && count > 1);
  }, [playing, index, count, go]);

  useEffect(() => {
    if (!playing) return;
    if (index >= count - 1) {
      setPlaying(false);
      return;
    }
    const timer = setTimeout(() => go(index + 1), Math.max(60, Math.min(700, 8000 / count)));
    return () => clearTimeout(timer);
  }, [playing, index, count, go]);

  useKeys({ j: () => go(index - 1), k: () => go(index + 1), ' ': togglePlay, t: endStrand });

  return {
    view: state.view,
    setView: (view) => void set({ view }),
    index,
    shown: pointed ?? index,
    point,
    go: (to) => {
      setPlaying(false);
      go(to);
    },
    playing,
    togglePlay,
    strand: state.strand,
    setStrand: (key) => void set({ strand: key }),
  };
}

/** Single keys, as long as nothing is being typed, pressed or asked. */
function useKeys(keys: Record<string, () => void>): void {
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      const action = keys[event.key.toLowerCase()];
      if (!action || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
      const target = event.target as HTMLElement;
      if (target.closest('input:not([type="range"]), textarea, select, [contenteditable="true"], [role="dialog"]'))
        return;
      if (event.key === ' ' && target.closest('button, a, [tabindex="0"]')) return;
      if (document.querySelector('[role="dialog"]')) return;
      event.preventDefault();
      action();
    };
    document.addEventListener('keydown', listen);
    return () => document.removeEventListener('keydown', listen);
  }, [keys]);
}
