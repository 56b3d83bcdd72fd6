import type { Content, TableCell } from 'pdfmake/interfaces';
import type { Snapshot } from '@/lib/coverage/model';
import { number, quiet } from '@/lib/coverage/pdf/tables-format';
import type { Span } from '@/lib/revocations/times/model';

type ReportedTimes = NonNullable<Snapshot['totals']['revocations']['times']>;

const th = (text: string, right = false): TableCell => ({ text, style: 'th', alignment: right ? 'right' : 'left' });
const seconds = (ms: number | null | undefined): string =>
  ms === null || ms === undefined ? '–' : ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`;
const p95 = (span: Span | null): TableCell => number(seconds(span?.p95));

/** The later of refused and dead in the drills that passed, and how many failed. */
function drilled(drills: ReportedTimes['systems'][number]['drilled']): string {
  if (!drills?.count) return '–';
  const out = drills.refusedMs === null ? '' : seconds(Math.max(drills.refusedMs, drills.deadMs ?? 0));
  return [out, drills.failed ? `${drills.failed} failed` : ''].filter(Boolean).join(', ');
}

/** Time to revoke per system: declared, drilled, measured, and how many missed the target. */
export function revokeTimes(times: ReportedTimes): Content {
  const { exposure, verified, missed, total, targetMs } = times;
  const said = [
    verified
      ? `Access was proven ended ${seconds(verified.p50)} after the click in the median, ${seconds(verified.p95)} at the 95th percentile; ${missed} of ${total} missed the target of ${seconds(targetMs)}.`
      : `No access was proven ended in these 90 days; the target is ${seconds(targetMs)}.`,
    ...(exposure
      ? [
          `From first seen to proven ended, what was found stayed open ${seconds(exposure.p50)} in the median (${exposure.count}).`,
        ]
      : []),
  ];
  return {
    stack: [
      { text: said.join(' '), bold: true, margin: [0, 0, 0, 6] },
      {
        table: {
          headerRows: 1,
          widths: ['*', 70, 80, 80, 80, 60],
          body: [
            [
              th('System'),
              th('Declared', true),
              th('In drills', true),
              th('Effective, p95', true),
              th('Verified, p95', true),
              th('Missed', true),
            ],
            ...times.systems.map((one): TableCell[] => [
              { text: one.name, bold: true },
              number(seconds(one.declared?.p50)),
              number(drilled(one.drilled)),
              p95(one.effective),
              p95(one.verified),
              number(one.missed),
            ]),
          ],
        },
        layout: quiet,
      },
    ],
  };
}
