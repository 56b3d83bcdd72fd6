'use client';

import { useEffect, useRef } from 'react';
import classes from '@/components/policies/editor/editor.module.css';

/** Two versions side by side; what they share is folded. */
export function Compare({
  before,
  after,
  beforeLabel,
  afterLabel,
}: {
  before: string;
  after: string;
  beforeLabel: string;
  afterLabel: string;
}) {
  const parent = useRef<HTMLDivElement>(null);
  useEffect(() => {
    let destroy: (() => void) | undefined;
    let gone = false;
    void import('@/components/policies/editor/code-mirror').then(({ newMerge }) => {
      if (gone || !parent.current) return;
      const merge = newMerge(parent.current, before, after);
      destroy = () => merge.destroy();
    });
    return () => {
      gone = true;
      destroy?.();
    };
  }, [before, after]);
  return (
    <section aria-label={`${beforeLabel} beside ${afterLabel}`}>
      <div className={classes.sides}>
        <span>{beforeLabel}</span>
        <span>{afterLabel}</span>
      </div>
      {before === after ? (
        <p className={classes.same}>They say the same.</p>
      ) : (
        <div ref={parent} className={classes.merge} />
      )}
    </section>
  );
}
