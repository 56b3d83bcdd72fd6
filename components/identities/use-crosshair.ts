'use client';

import { type KeyboardEvent, type PointerEvent, useState } from 'react';
import { type TimeFrame, timeAt, xOf } from '@/components/identities/lanes-geometry';

const DRAG = 8;
const STEPS = 60;

interface Drag {
  from: number;
  to: number;
}

/** One line through count and lanes alike: follows the pointer or the arrow keys, L locks it, a drag chooses a range. */
export function useCrosshair(frame: TimeFrame, onZoom: (from: number, to: number) => void) {
  const [at, setAt] = useState<number | null>(null);
  const [locked, setLocked] = useState(false);
  const [drag, setDrag] = useState<Drag | null>(null);
  const xIn = (event: PointerEvent<SVGSVGElement>) => event.clientX - event.currentTarget.getBoundingClientRect().left;
  const width = drag ? Math.abs(xOf(frame, drag.from) - xOf(frame, drag.to)) : 0;
  return {
    at: at === null ? null : Math.min(Math.max(at, frame.from), frame.to),
    locked,
    drag: drag && width >= DRAG ? { from: Math.min(drag.from, drag.to), to: Math.max(drag.from, drag.to) } : null,
    handlers: {
      onPointerDown: (event: PointerEvent<SVGSVGElement>) => {
        if (event.button !== 0 || (event.target as Element).closest('a')) return;
        const time = timeAt(frame, xIn(event));
        setDrag({ from: time, to: time });
      },
      onPointerMove: (event: PointerEvent<SVGSVGElement>) => {
        const time = timeAt(frame, xIn(event));
        if (!locked) setAt(time);
        if (drag) setDrag({ ...drag, to: time });
      },
      onPointerUp: () => {
        if (drag && width >= DRAG) onZoom(Math.min(drag.from, drag.to), Math.max(drag.from, drag.to));
        setDrag(null);
      },
      onPointerLeave: () => {
        setDrag(null);
        if (!locked) setAt(null);
      },
    },
    onKeyDown: (event: KeyboardEvent) => {
      const step = (frame.to - frame.from) / STEPS;
      const now = at ?? frame.to;
      if (event.key === 'ArrowLeft') setAt(now - step);
      else if (event.key === 'ArrowRight') setAt(now + step);
      else if (event.key === 'Home') setAt(frame.from);
      else if (event.key === 'End') setAt(frame.to);
      else if (event.key === 'Escape') {
        setAt(null);
        setLocked(false);
      } else if (event.key.toLowerCase() === 'l' && !event.metaKey && !event.ctrlKey) setLocked(!locked);
      else return;
      event.preventDefault();
    },
  };
}

export type Crosshair = ReturnType<typeof useCrosshair>;
