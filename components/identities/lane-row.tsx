'use client';

import Link from 'next/link';
import classes from '@/components/identities/identities.module.css';
import { barOf, type Lane, marksOf, type PlacedMark, type TimeFrame } from '@/components/identities/lanes-geometry';
import { clockTime } from '@/components/ui/dates';
import { plural } from '@/lib/exposures/format';

export const LANE = 34;
const BAR = 18;
const MIDDLE = LANE / 2;

interface LaneNameProps {
  lane: Lane;
  checked: boolean;
  onCheck: (checked: boolean) => void;
}

/** Beside the bar: the box that chooses it, its name, and what it came with. */
export function LaneName({ lane, checked, onCheck }: LaneNameProps) {
  const sub = [lane.key, lane.agent, lane.region, lane.network].find((word) => word && !lane.label.includes(word));
  return (
    <div className={classes.lane}>
      <input
        type="checkbox"
        aria-label={`Choose session ${lane.label}${lane.endedAt ? ', which has ended' : ''}`}
        checked={checked}
        disabled={lane.endedAt !== null}
        onChange={(event) => onCheck(event.currentTarget.checked)}
      />
      <span style={{ minWidth: 0 }}>
        <Link href={`/sessions/${lane.id}`} className={classes.laneName} title={lane.label} prefetch={false}>
          {lane.label}
        </Link>
        <span className={classes.laneSub}>{sub ?? `${lane.source} · ${lane.observedBy}`}</span>
      </span>
    </div>
  );
}

const END: Record<string, string> = {
  itself: 'ended',
  timeout: 'ended · silent',
  operator: 'ended by an operator',
  policy: 'ended by a policy',
  signal: 'ended by a signal',
  system: 'ended by Braid',
};

/** A session's bar with what it did in it. Denied is a cross, asking for more an arrow, paused two strokes, all else a dot. */
export function LaneBar({
  lane,
  frame,
  colour,
  top,
  dimmed,
}: {
  lane: Lane;
  frame: TimeFrame;
  colour: string;
  top: number;
  dimmed: boolean;
}) {
  const bar = barOf(lane, frame);
  if (!bar) return null;
  const after = frame.width - bar.x - bar.width;
  const words = lane.endedAt ? (END[lane.endedBy ?? 'itself'] ?? 'ended') : '';
  return (
    <g transform={`translate(0 ${top})`} opacity={dimmed ? 0.45 : 1}>
      <title>{`${lane.label}: from ${clockTime(lane.startedAt)}${lane.endedAt ? ` to ${clockTime(lane.endedAt)}` : ', live'}`}</title>
      <rect
        x={bar.x - (bar.cutLeft ? 4 : 0)}
        width={bar.width + (bar.cutLeft ? 4 : 0) + (bar.live ? 4 : 0)}
        y={MIDDLE - BAR / 2}
        height={BAR}
        rx={3}
        fill={colour}
        opacity={bar.live ? 0.9 : 0.55}
      />
      {marksOf(lane, frame).map((mark) => (
        <Mark key={`${mark.at} ${mark.x}`} mark={mark} label={lane.label} />
      ))}
      {words && after > 7 * words.length ? (
        <text x={bar.x + bar.width + 6} y={MIDDLE + 4} className={classes.axis}>
          {words}
        </text>
      ) : null}
    </g>
  );
}

const SIGN = {
  deny: 'M-3.5 -3.5L3.5 3.5M3.5 -3.5L-3.5 3.5',
  step_up: 'M0 4.5V-4M-3.5 -0.5L0 -4L3.5 -0.5',
  pause: 'M-2 -4V4M2 -4V4',
} as const;
const SIGN_COLOUR = { deny: 'var(--b-red)', step_up: 'var(--b-amber)', pause: 'var(--b-violet)' } as const;

function Mark({ mark, label }: { mark: PlacedMark; label: string }) {
  const more = mark.count > 1 ? ` and ${mark.count - 1} more ${plural(mark.count - 1, 'mark')}` : '';
  const title = `${clockTime(mark.at, true)} ${mark.class}${mark.kind === 'event' ? '' : `: ${mark.kind.replace('_', ' ')}`}${more}`;
  if (mark.kind === 'event' || mark.kind === 'allow')
    return (
      <circle cx={mark.x} cy={MIDDLE} r={2.2} fill="var(--b-panel)" opacity={0.9}>
        <title>{title}</title>
      </circle>
    );
  const sign = (
    <g transform={`translate(${mark.x} ${MIDDLE})`}>
      <title>{title}</title>
      <circle r={8} fill="var(--b-panel)" stroke={SIGN_COLOUR[mark.kind]} strokeWidth={1} />
      <path d={SIGN[mark.kind]} fill="none" stroke={SIGN_COLOUR[mark.kind]} strokeWidth={1.8} strokeLinecap="round" />
    </g>
  );
  if (!mark.decisionId) return sign;
  return (
    <a href={`/decisions/${mark.decisionId}`} aria-label={`Decision of ${label}: ${title}`} tabIndex={-1}>
      {sign}
    </a>
  );
}
