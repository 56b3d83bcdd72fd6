'use client';

import Link from 'next/link';
import classes from '@/components/overview/overview.module.css';
import { useNow } from '@/components/ui/browser-clock';
import { clockTime, utc } from '@/components/ui/dates';
import { EmptyState } from '@/components/ui/empty-state';
import { Panel } from '@/components/ui/panel';
import { plural } from '@/lib/exposures/format';
import type { Minute } from '@/lib/overview/model';

const HEIGHT = 128;
const VERDICTS = ['deny', 'pause', 'step_up', 'allow'] as const;
const total = (minute: Minute): number => VERDICTS.reduce((sum, verdict) => sum + minute[verdict], 0);
const words = (minute: Minute): string =>
  VERDICTS.filter((verdict) => minute[verdict] > 0)
    .map((verdict) => `${minute[verdict]} ${verdict.replace('_', ' ')}`)
    .join(', ') || 'none';

/** Decisions of the last hour, a bar a minute, refusals on top. What is not allowed is never thinner than a line. */
export function DecisionBars({ minutes }: { minutes: Minute[] }) {
  const painted = useNow() !== null;
  const most = Math.max(1, ...minutes.map(total));
  const sum = minutes.reduce((all, minute) => all + total(minute), 0);
  const refused = sum - minutes.reduce((all, minute) => all + minute.allow, 0);
  const time = (at: string) => (painted ? clockTime(at).slice(0, 5) : utc(at).slice(11, 16));
  return (
    <Panel title="Decisions" note={<Link href="/decisions">per minute, last hour</Link>}>
      {sum === 0 ? (
        <EmptyState title="No decision in the last hour">Services ask for them at the decision point.</EmptyState>
      ) : (
        <>
          <div
            className={classes.bars}
            role="img"
            style={{ height: HEIGHT }}
            aria-label={`${sum} decisions in the last hour, ${refused} not allowed, at most ${most} a minute`}
          >
            {minutes.map((minute) => (
              <span key={minute.at} className={classes.bar} title={`${time(minute.at)}: ${words(minute)}`}>
                {VERDICTS.map((verdict) =>
                  minute[verdict] > 0 ? (
                    <span
                      key={verdict}
                      data-verdict={verdict}
                      style={{ height: Math.max(verdict === 'allow' ? 1 : 3, (minute[verdict] / most) * (HEIGHT - 8)) }}
                    />
                  ) : null,
                )}
              </span>
            ))}
          </div>
          <div className={classes.axis}>
            <span>{minutes[0] ? time(minutes[0].at) : ''}</span>
            <span>
              {sum} {plural(sum, 'decision')}, {refused} not allowed
            </span>
            <span>now</span>
          </div>
        </>
      )}
    </Panel>
  );
}
