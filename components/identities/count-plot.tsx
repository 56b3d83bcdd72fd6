'use client';

import classes from '@/components/identities/identities.module.css';
import {
  areaPath,
  type CountStep,
  countAt,
  countTicks,
  edgePath,
  type TimeFrame,
  topOf,
  xOf,
} from '@/components/identities/lanes-geometry';
import type { Crosshair } from '@/components/identities/use-crosshair';
import { clockTime } from '@/components/ui/dates';
import { plural } from '@/lib/exposures/format';

export const PLOT_HEIGHT = 152;
const TOP = 18;
const BOTTOM = PLOT_HEIGHT - 8;

interface CountPlotProps {
  steps: CountStep[];
  frame: TimeFrame;
  ticks: number[];
  limit: number | null;
  usual: { low: number; high: number } | null;
  crosshair: Crosshair;
}

/** How many sessions were open at once, as steps, against the limit. What lies above it is marked. */
export function CountPlot({ steps, frame, ticks, limit, usual, crosshair }: CountPlotProps) {
  const top = topOf(steps, limit, usual?.high);
  const y = (count: number) => Math.round((BOTTOM - (count / top) * (BOTTOM - TOP)) * 10) / 10;
  const at = crosshair.at ?? frame.to;
  const count = countAt(steps, at);
  const spoken = `${clockTime(new Date(at).toISOString())}, ${count} ${plural(count, 'session')} at once${limit === null ? '' : `, ${limit} allowed`}`;
  return (
    <div className={classes.row}>
      <div className={classes.gutter} aria-hidden>
        <svg width="100%" height={PLOT_HEIGHT} role="presentation">
          {countTicks(top).map((tick) => (
            <text key={tick} x={164} y={y(tick) + 4} textAnchor="end" className={classes.axis}>
              {tick}
            </text>
          ))}
        </svg>
      </div>
      <div className={classes.plot}>
        <div
          className={classes.focus}
          role="slider"
          tabIndex={0}
          aria-label="Instant in the graph of sessions at once"
          aria-valuemin={Math.round(frame.from / 1000)}
          aria-valuemax={Math.round(frame.to / 1000)}
          aria-valuenow={Math.round(at / 1000)}
          aria-valuetext={spoken}
          onKeyDown={crosshair.onKeyDown}
        >
          <svg className={classes.surface} height={PLOT_HEIGHT} aria-hidden {...crosshair.handlers}>
            {countTicks(top).map((tick) => (
              <line key={tick} x1={0} x2={frame.width} y1={y(tick)} y2={y(tick)} stroke="var(--b-line)" opacity={0.5} />
            ))}
            {ticks.map((tick) => (
              <line
                key={tick}
                x1={xOf(frame, tick)}
                x2={xOf(frame, tick)}
                y1={4}
                y2={PLOT_HEIGHT}
                stroke="var(--b-line)"
              />
            ))}
            {usual ? (
              <rect
                x={0}
                width={frame.width}
                y={y(usual.high)}
                height={Math.max(y(usual.low) - y(usual.high), 2)}
                fill="var(--b-dim)"
                opacity={0.12}
              />
            ) : null}
            <path d={areaPath(steps, frame, y)} fill="var(--b-blue)" opacity={0.22} />
            {limit === null ? null : <path d={areaPath(steps, frame, y, limit)} fill="var(--b-red)" opacity={0.2} />}
            <path d={edgePath(steps, frame, y)} fill="none" stroke="var(--b-blue)" strokeWidth={2} />
            {limit === null ? null : (
              <>
                <line
                  x1={0}
                  x2={frame.width}
                  y1={y(limit)}
                  y2={y(limit)}
                  stroke="var(--b-red)"
                  strokeDasharray="4 3"
                  strokeWidth={1.25}
                />
                <text x={6} y={y(limit) - 5} className={classes.axis} style={{ fill: 'var(--b-red)' }}>
                  limit {limit}
                </text>
              </>
            )}
            <Cross frame={frame} crosshair={crosshair} height={PLOT_HEIGHT} />
          </svg>
        </div>
        {crosshair.at === null ? null : <Readout frame={frame} crosshair={crosshair} count={count} limit={limit} />}
      </div>
    </div>
  );
}

/** The line through everything, and the range that is being chosen. */
export function Cross({ frame, crosshair, height }: { frame: TimeFrame; crosshair: Crosshair; height: number }) {
  const x = crosshair.at === null ? null : xOf(frame, crosshair.at);
  const { drag } = crosshair;
  return (
    <g pointerEvents="none">
      {drag ? (
        <rect
          x={xOf(frame, drag.from)}
          width={xOf(frame, drag.to) - xOf(frame, drag.from)}
          y={0}
          height={height}
          fill="var(--b-blue)"
          opacity={0.15}
        />
      ) : null}
      {x === null ? null : (
        <line
          x1={x}
          x2={x}
          y1={0}
          y2={height}
          stroke="var(--b-text)"
          strokeWidth={1}
          opacity={0.7}
          strokeDasharray={crosshair.locked ? undefined : '2 2'}
        />
      )}
    </g>
  );
}

function Readout({
  frame,
  crosshair,
  count,
  limit,
}: {
  frame: TimeFrame;
  crosshair: Crosshair;
  count: number;
  limit: number | null;
}) {
  const at = crosshair.at ?? frame.to;
  const left = xOf(frame, at);
  const over = limit !== null && count > limit;
  return (
    <div
      className={classes.readout}
      style={left > frame.width - 190 ? { right: frame.width - left + 8 } : { left: left + 8 }}
    >
      {clockTime(new Date(at).toISOString())} · <b className={over ? classes.over : undefined}>{count}</b> at once
      {crosshair.locked ? ' · locked' : ''}
    </div>
  );
}
