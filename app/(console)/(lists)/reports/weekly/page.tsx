import type { Metadata } from 'next';
import { takeSnapshot } from '@/app/(console)/reports/weekly/actions';
import { ReportPage } from '@/components/coverage/report-page';
import { currentOperator } from '@/lib/access/operator';
import { blindReport } from '@/lib/allotments/blind-report';
import { show } from '@/lib/coverage/show';

export const metadata: Metadata = { title: 'Coverage report' };

export default async function WeeklyReportPage() {
  const ctx = await currentOperator();
  const snapshot = await show(ctx);
  const blind = await blindReport(ctx, snapshot ? { to: snapshot.takenAt } : {});
  return <ReportPage snapshot={snapshot} blind={blind} take={takeSnapshot} />;
}
