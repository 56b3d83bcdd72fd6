'use client';

import { Bar, BarChart, ResponsiveContainer, Tooltip, type TooltipContentProps, XAxis, YAxis } from 'recharts';
import classes from '@/components/overview/overview.module.css';
import type { Friction } from '@/lib/decisions/friction-model';
import { amountText } from '@/lib/exposures/format';

const SERIES = [
  { verdict: 'step_up', word: 'step up', fill: 'var(--b-amber)' },
  { verdict: 'pause', word: 'pause', fill: 'var(--b-violet)' },
  { verdict: 'deny', word: 'deny', fill: 'var(--b-red)' },
] as const;

type Day = Friction['days'][number];

const dayText = (day: string): string =>
  new Date(`${day}T12:00:00Z`).toLocaleDateString('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' });

function Reading({ active, payload }: TooltipContentProps) {
  const day = payload?.[0]?.payload as Day | undefined;
  if (!active || !day) return null;
  return (
    <div className={classes.reading}>
      <strong>{dayText(day.day)}</strong>
      {SERIES.map(({ verdict, word, fill }) => (
        <div key={verdict}>
          <span className={classes.swatch} style={{ background: fill }} aria-hidden /> {word}{' '}
          {amountText(String(day[verdict]))}
        </div>
      ))}
      <div>allow {amountText(String(day.allow))}</div>
    </div>
  );
}

interface FrictionChartProps {
  days: Day[];
  height: number;
  onDay: (day: string) => void;
}

/** What was stopped, by verdict: what was allowed would dwarf it and stands in the reading. */
export function FrictionChart({ days, height, onDay }: FrictionChartProps) {
  return (
    <ResponsiveContainer width="100%" height={height}>
      <BarChart
        data={days}
        margin={{ top: 4, right: 0, bottom: 0, left: 0 }}
        maxBarSize={48}
        accessibilityLayer={false}
        onClick={({ activeTooltipIndex }) => {
          const day = days[Number(activeTooltipIndex)];
          if (day) onDay(day.day);
        }}
        style={{ cursor: 'pointer' }}
      >
        <XAxis
          dataKey="day"
          tickFormatter={dayText}
          interval="preserveStartEnd"
          minTickGap={40}
          tickLine={false}
          axisLine={{ stroke: 'var(--b-line)' }}
          tick={{ fill: 'var(--b-dim)', fontSize: 11 }}
        />
        <YAxis
          width={44}
          allowDecimals={false}
          tickLine={false}
          axisLine={false}
          tick={{ fill: 'var(--b-dim)', fontSize: 11 }}
        />
        <Tooltip content={Reading} cursor={{ fill: 'var(--b-hover)' }} isAnimationActive={false} />
        {SERIES.map(({ verdict, fill }) => (
          <Bar key={verdict} dataKey={verdict} stackId="stopped" fill={fill} isAnimationActive={false} />
        ))}
      </BarChart>
    </ResponsiveContainer>
  );
}
