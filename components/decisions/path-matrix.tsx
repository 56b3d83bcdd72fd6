'use client';

import { useEffect, useRef } from 'react';
import shared from '@/components/decisions/decisions.module.css';
import classes from '@/components/decisions/path.module.css';
import { usePathColour } from '@/components/decisions/path-palette';
import { EARLIER, OTHERS, type PathState, type Strand } from '@/components/decisions/path-state';
import { useLocalTime } from '@/components/decisions/use-local-time';
import type { Path } from '@/lib/decisions/path-model';
import { amountText } from '@/lib/exposures/format';

const MOST = 300;

/** The picture as numbers: what every strand held after each step. */
export function PathMatrix({
  path,
  strands,
  states,
  index,
}: {
  path: Path;
  strands: Strand[];
  states: PathState[];
  index: number;
}) {
  const time = useLocalTime();
  const colourOf = usePathColour();
  const has = (key: string) => states.some((state) => state.bands.has(key));
  const columns = [
    ...strands
      .filter((strand) => strand.color >= 0)
      .map((strand) => ({ key: strand.key, label: strand.label, color: strand.color })),
    ...(has(OTHERS) ? [{ key: OTHERS, label: 'others', color: -1 }] : []),
    ...(has(EARLIER) ? [{ key: EARLIER, label: 'earlier', color: -1 }] : []),
  ];
  const rows = states.slice(1).slice(-MOST);
  const box = useRef<HTMLElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another step is another row to bring into view
  useEffect(() => {
    const row = box.current?.querySelector<HTMLElement>('tr[data-here]');
    if (!box.current || !row) return;
    const beyond = row.offsetTop + row.offsetHeight - box.current.clientHeight;
    if (row.offsetTop - 36 < box.current.scrollTop) box.current.scrollTop = row.offsetTop - 36;
    else if (beyond > box.current.scrollTop) box.current.scrollTop = beyond;
  }, [index]);
  return (
    <section
      ref={box}
      className={classes.scroll}
      aria-label="What each session held after each step"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls has to be reachable by key
      tabIndex={0}
      style={{ maxHeight: 380 }}
    >
      <table className={`${classes.table} ${classes.inset}`}>
        <caption>What each session held after each step</caption>
        <thead>
          <tr>
            <th scope="col">Time</th>
            {columns.map((column) => (
              <th key={column.key} scope="col" data-align="right">
                <span style={{ display: 'inline-flex', alignItems: 'center', gap: 6 }}>
                  <span className={classes.swatch} style={{ background: colourOf(column.color) }} aria-hidden />
                  {column.label}
                </span>
              </th>
            ))}
            <th scope="col" data-align="right">
              Together
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((state) => (
            <tr key={state.index} data-here={state.index === index || undefined}>
              <td>
                <span className={shared.mono}>{time(path.steps[state.index]!.at, true)}</span>
              </td>
              {columns.map((column) => (
                <td key={column.key} data-align="right">
                  {amountText(state.bands.get(column.key) ?? 0n, path.exposure.scale)}
                </td>
              ))}
              <td data-align="right">{amountText(state.total, path.exposure.scale)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
