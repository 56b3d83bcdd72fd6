'use client';

import { Skeleton } from '@mantine/core';
import dynamic from 'next/dynamic';
import Link from 'next/link';
import { useRouter } from 'next/navigation';
import classes from '@/components/overview/overview.module.css';
import { EmptyState } from '@/components/ui/empty-state';
import { Panel } from '@/components/ui/panel';
import { plural } from '@/lib/exposures/format';
import type { Minute } from '@/lib/overview/model';

const HEIGHT = 150;
const MINUTE_MS = 60_000;

// recharts weighs 100 kB: it comes when the chart is shown.
const DecisionChart = dynamic(() => import('@/components/overview/decision-chart').then((file) => file.DecisionChart), {
  ssr: false,
  loading: () => <Skeleton height={HEIGHT} />,
});

/** Decisions of the last hour, a bar a minute, refusals on top. */
export function DecisionBars({ minutes }: { minutes: Minute[] }) {
  const router = useRouter();
  const sum = minutes.reduce((all, { allow, step_up, pause, deny }) => all + allow + step_up + pause + deny, 0);
  const refused = sum - minutes.reduce((all, minute) => all + minute.allow, 0);
  const open = ({ at }: Minute) => {
    const to = new Date(Date.parse(at) + MINUTE_MS).toISOString();
    router.push(`/decisions?from=${encodeURIComponent(at)}&to=${encodeURIComponent(to)}`);
  };
  return (
    <Panel title="Decisions" note={<Link href="/decisions">per minute, last hour</Link>}>
      {sum === 0 ? (
        <EmptyState title="No decision in the last hour">Services ask for them at the decision point.</EmptyState>
      ) : (
        <>
          <div role="img" aria-label={`${sum} decisions in the last hour, ${refused} not allowed`}>
            <DecisionChart minutes={minutes} height={HEIGHT} onMinute={open} />
          </div>
          <div className={classes.axis}>
            <span>
              {sum} {plural(sum, 'decision')}, {refused} not allowed
            </span>
          </div>
        </>
      )}
    </Panel>
  );
}
