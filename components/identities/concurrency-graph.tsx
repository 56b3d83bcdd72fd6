'use client';

import { useElementSize } from '@mantine/hooks';
import { useMemo, useState } from 'react';
import { CountPlot, Cross } from '@/components/identities/count-plot';
import classes from '@/components/identities/identities.module.css';
import { LANE, LaneBar, LaneName } from '@/components/identities/lane-row';
import { frameOf, type Lane, stepsIn, type TimeFrame, ticksOf, xOf } from '@/components/identities/lanes-geometry';
import { useCrosshair } from '@/components/identities/use-crosshair';
import { useNow } from '@/components/ui/browser-clock';
import { absolute, clockTime } from '@/components/ui/dates';
import { useSessionColours } from '@/components/ui/session-colours';
import type { Concurrency } from '@/lib/sessions/model';

interface ConcurrencyGraphProps {
  data: Concurrency;
  /** The whole life: its left edge stays where it is. */
  grows: boolean;
  /** In the order in which they are drawn. */
  lanes: Lane[];
  chosen: ReadonlySet<string>;
  choose: (id: string, chosen: boolean) => void;
  zoom: (from: number, to: number) => void;
}

const DAY = 86_400_000;
/** Pixels kept free on the right, so that a mark made just now is whole. */
const INSET = 10;

/** The server's clock, told by the browser's: data says what time it was there when it arrived. */
function useServerNow(to: string): number {
  const now = useNow();
  const [anchor, setAnchor] = useState<{ to: string; ahead: number } | null>(null);
  if (now !== null && anchor?.to !== to) setAnchor({ to, ahead: Date.parse(to) - now });
  return now === null || anchor === null ? Date.parse(to) : now + anchor.ahead;
}

/** "10:40", "10:40:30" where ticks are closer than a minute, "3 Mar" at midnight of a long range. */
function tickText(at: number, spacing: number): string {
  const date = new Date(at);
  if (spacing >= DAY || (spacing >= DAY / 4 && date.getHours() === 0))
    return date.toLocaleDateString('en-GB', { day: 'numeric', month: 'short' });
  return clockTime(date.toISOString()).slice(0, spacing < 60_000 ? 8 : 5);
}

/** Which day the hours on the axis are of, where it is not today's: "19 Dec 2023", "19 Dec 2023 – 20 Dec 2023". */
function dayText({ from, to }: TimeFrame): string {
  const [first, last] = [from, to].map((at) => absolute(new Date(at).toISOString()).split(',')[0]);
  return first === last ? `${first}` : `${first} – ${last}`;
}

/** Sessions that ask for decisions choose their colours first, as they do on a path: there the others are not drawn. */
const colourOrder = (lanes: Lane[]): string[] => {
  const ids = (asking: boolean) => lanes.filter((lane) => (lane.source === 'pdp') === asking).map((lane) => lane.id);
  return [...ids(true).sort(), ...ids(false)];
};

/** Count over time and, on the same axis below it, a lane per session; both move on by themselves. */
export function ConcurrencyGraph({ data, grows, lanes, chosen, choose, zoom }: ConcurrencyGraphProps) {
  const { ref, width } = useElementSize();
  const now = useServerNow(data.to);
  const { from, to } = frameOf(data, now, grows);
  const frame: TimeFrame = { from, to, width: Math.max(width - INSET, 1) };
  const crosshair = useCrosshair(frame, zoom);
  const steps = useMemo(() => stepsIn(data.steps, { from, to }), [data.steps, from, to]);
  const colourOf = useSessionColours(colourOrder(lanes));
  const { ticks, spacing } = ticksOf(frame, width > 0 ? -new Date(to).getTimezoneOffset() : 0);
  const height = lanes.length * LANE;
  return (
    <div className={classes.graph}>
      <CountPlot
        steps={steps}
        frame={frame}
        ticks={ticks}
        limit={data.limit}
        usual={data.usual}
        crosshair={crosshair}
      />
      <section
        className={classes.lanes}
        aria-label="Sessions, a lane each"
        tabIndex={lanes.length > 13 ? 0 : undefined}
      >
        <div className={classes.row}>
          <div className={classes.gutter}>
            {lanes.map((lane) => (
              <LaneName
                key={lane.id}
                lane={lane}
                checked={chosen.has(lane.id)}
                onCheck={(checked) => choose(lane.id, checked)}
              />
            ))}
          </div>
          <div className={classes.plot} ref={ref}>
            <svg className={classes.surface} height={Math.max(height, 1)} aria-hidden {...crosshair.handlers}>
              {ticks.map((tick) => (
                <line
                  key={tick}
                  x1={xOf(frame, tick)}
                  x2={xOf(frame, tick)}
                  y1={0}
                  y2={height}
                  stroke="var(--b-line)"
                />
              ))}
              {width > 0
                ? lanes.map((lane, at) => (
                    <LaneBar
                      key={lane.id}
                      lane={lane}
                      frame={frame}
                      colour={colourOf(lane.id)}
                      top={at * LANE}
                      dimmed={chosen.size > 0 && !chosen.has(lane.id)}
                    />
                  ))
                : null}
              <Cross frame={frame} crosshair={crosshair} height={height} />
            </svg>
          </div>
        </div>
      </section>
      <Axis frame={frame} ticks={ticks} spacing={spacing} following={data.following} />
    </div>
  );
}

function Axis({
  frame,
  ticks,
  spacing,
  following,
}: {
  frame: TimeFrame;
  ticks: number[];
  spacing: number;
  following: boolean;
}) {
  return (
    <div className={classes.row} aria-hidden>
      <div className={`${classes.gutter} ${classes.axisDay}`}>
        {!following && frame.width > 1 && spacing < DAY ? dayText(frame) : null}
      </div>
      <svg width="100%" height={20} role="presentation">
        {frame.width > 1
          ? ticks
              .filter((tick) => !following || xOf(frame, tick) < frame.width - 52)
              .map((tick) => (
                <text
                  key={tick}
                  x={xOf(frame, tick)}
                  y={14}
                  className={classes.axis}
                  textAnchor={xOf(frame, tick) < 20 ? 'start' : 'middle'}
                >
                  {tickText(tick, spacing)}
                </text>
              ))
          : null}
        {following ? (
          <text x={frame.width} y={14} textAnchor="end" className={classes.axis}>
            now
          </text>
        ) : null}
      </svg>
    </div>
  );
}
