import type { Metadata } from 'next';
import { takeSnapshot } from '@/app/(console)/reports/weekly/actions';
import { ReportPage } from '@/components/coverage/report-page';
import { currentOperator } from '@/lib/access/operator';
import { blindReport } from '@/lib/allotments/blind-report';
import { show } from '@/lib/coverage/show';
import { unjudged } from '@/lib/coverage/unjudged';

export const metadata: Metadata = { title: 'Coverage report' };

export default async function WeeklyReportPage() {
  const ctx = await currentOperator();
  const snapshot = await show(ctx);
  const [blind, since] = await Promise.all([blindReport(ctx, snapshot ? { to: snapshot.takenAt } : {}), unjudged(ctx)]);
  return <ReportPage snapshot={snapshot} since={since} blind={blind} take={takeSnapshot} />;
}
