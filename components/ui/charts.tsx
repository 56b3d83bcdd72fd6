'use client';

import { Skeleton } from '@mantine/core';
import dynamic from 'next/dynamic';

// recharts weighs 100 kB: it comes when a chart is shown. Give a numeric `h`, `withAnimation`-free series, at most 300 points.
const loading = () => <Skeleton height={160} />;

export const BarChart = dynamic(() => import('@mantine/charts').then((charts) => charts.BarChart), {
  ssr: false,
  loading,
});
export const AreaChart = dynamic(() => import('@mantine/charts').then((charts) => charts.AreaChart), {
  ssr: false,
  loading,
});
export const LineChart = dynamic(() => import('@mantine/charts').then((charts) => charts.LineChart), {
  ssr: false,
  loading,
});
