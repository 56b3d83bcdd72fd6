'use client';

import { Skeleton } from '@mantine/core';
import dynamic from 'next/dynamic';
import { useRouter } from 'next/navigation';
import type { Friction } from '@/lib/decisions/friction-model';

const HEIGHT = 160;
const DAY_MS = 86_400_000;

// recharts weighs 100 kB: it comes when the chart is shown.
const Chart = dynamic(() => import('@/components/decisions/friction-chart').then((file) => file.FrictionChart), {
  ssr: false,
  loading: () => <Skeleton height={HEIGHT} />,
});

/** What was not allowed, a bar a day. */
export function FrictionDays({ days }: { days: Friction['days'] }) {
  const router = useRouter();
  const stopped = days.reduce((sum, { step_up, pause, deny }) => sum + step_up + pause + deny, 0);
  const open = (day: string) => {
    const from = `${day}T00:00:00.000Z`;
    const to = new Date(Date.parse(from) + DAY_MS).toISOString();
    router.push(`/decisions?${new URLSearchParams({ verdict: 'step_up,pause,deny', from, to })}`);
  };
  return (
    <div role="img" aria-label={`${stopped} stopped in ${days.length} days`}>
      <Chart days={days} height={HEIGHT} onDay={open} />
    </div>
  );
}
