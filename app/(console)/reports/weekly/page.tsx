import type { Metadata } from 'next';
import { takeSnapshot } from '@/app/(console)/reports/weekly/actions';
import { ReportPage } from '@/components/coverage/report-page';
import { currentOperator } from '@/lib/access/operator';
import { show } from '@/lib/coverage/show';

export const metadata: Metadata = { title: 'Coverage report' };

export default async function WeeklyReportPage() {
  const ctx = await currentOperator();
  return <ReportPage snapshot={await show(ctx)} take={takeSnapshot} />;
}
