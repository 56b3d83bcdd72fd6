'use client';

import classes from '@/components/decisions/path.module.css';
import type { PathPicture as Picture } from '@/components/decisions/path-geometry';
import { useClockTime, useDay } from '@/components/decisions/use-local-time';
import type { Path } from '@/lib/decisions/path-model';

/** Amounts on the left, instants below; a day is named where it is not today or has changed. */
export function PathAxes({ path, picture }: { path: Path; picture: Picture }) {
  const time = useClockTime();
  const { frame, ticksX, ticksY, tickSecs } = picture;
  const day = useDay();
  const shown = tickSecs >= 60 ? 5 : tickSecs >= 1 ? 8 : tickSecs >= 0.1 ? 10 : 12;
  return (
    <g className={classes.axis}>
      {ticksY.map((tick) => (
        <g key={tick.y}>
          <line x1={frame.left} x2={frame.right} y1={tick.y} y2={tick.y} />
          <text x={frame.left - 8} y={tick.y + 4} textAnchor="end">
            {tick.text}
          </text>
        </g>
      ))}
      {ticksX.map((tick, index) => {
        const at = new Date(tick.at).toISOString();
        const before = index === 0 ? null : new Date(ticksX[index - 1]!.at).toISOString();
        return (
          <text key={tick.at} x={tick.x} y={frame.bottom + 19} textAnchor="middle">
            {day(at, before)}
            {tickSecs >= 86_400 ? null : time(at, true).slice(0, shown)}
          </text>
        );
      })}
      {path.exposure.unit ? (
        <text x={0} y={10}>
          {path.exposure.unit}
        </text>
      ) : null}
    </g>
  );
}
