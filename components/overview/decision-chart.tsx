'use client';

import { Bar, BarChart, ResponsiveContainer, Tooltip, type TooltipContentProps, XAxis, YAxis } from 'recharts';
import classes from '@/components/overview/overview.module.css';
import { clockTime } from '@/components/ui/dates';
import type { Minute } from '@/lib/overview/model';

/** Bottom to top, so that what was refused stands out on top. */
const SERIES = [
  { verdict: 'allow', word: 'allow', fill: 'color-mix(in srgb, var(--b-green) 70%, var(--b-panel))' },
  { verdict: 'step_up', word: 'step up', fill: 'var(--b-amber)' },
  { verdict: 'pause', word: 'pause', fill: 'var(--b-violet)' },
  { verdict: 'deny', word: 'deny', fill: 'var(--b-red)' },
] as const;

const minuteOf = (at: string): string => clockTime(at).slice(0, 5);

function Reading({ active, payload }: TooltipContentProps) {
  const minute = payload?.[0]?.payload as Minute | undefined;
  if (!active || !minute) return null;
  const counted = SERIES.filter(({ verdict }) => minute[verdict] > 0);
  return (
    <div className={classes.reading}>
      <strong>{minuteOf(minute.at)}</strong>
      {counted.length === 0 ? <div>no decision</div> : null}
      {counted.map(({ verdict, word, fill }) => (
        <div key={verdict}>
          <span className={classes.swatch} style={{ background: fill }} aria-hidden /> {word} {minute[verdict]}
        </div>
      ))}
    </div>
  );
}

interface DecisionChartProps {
  minutes: Minute[];
  height: number;
  onMinute: (minute: Minute) => void;
}

/** Decisions by verdict, a bar a minute. A click opens the decisions of that minute. */
export function DecisionChart({ minutes, height, onMinute }: DecisionChartProps) {
  return (
    <ResponsiveContainer width="100%" height={height}>
      <BarChart
        data={minutes}
        margin={{ top: 4, right: 0, bottom: 0, left: 0 }}
        barCategoryGap={1}
        accessibilityLayer={false}
        onClick={({ activeTooltipIndex }) => {
          const minute = minutes[Number(activeTooltipIndex)];
          if (minute) onMinute(minute);
        }}
        style={{ cursor: 'pointer' }}
      >
        <XAxis
          dataKey="at"
          tickFormatter={minuteOf}
          interval="preserveStartEnd"
          minTickGap={60}
          tickLine={false}
          axisLine={{ stroke: 'var(--b-line)' }}
          tick={{ fill: 'var(--b-dim)', fontSize: 11 }}
        />
        <YAxis hide domain={[0, 'dataMax']} />
        <Tooltip content={Reading} cursor={{ fill: 'var(--b-hover)' }} isAnimationActive={false} />
        {SERIES.map(({ verdict, fill }) => (
          <Bar
            key={verdict}
            dataKey={verdict}
            stackId="verdict"
            fill={fill}
            isAnimationActive={false}
            minPointSize={verdict === 'allow' ? 0 : (value) => (value ? 3 : 0)}
          />
        ))}
      </BarChart>
    </ResponsiveContainer>
  );
}
