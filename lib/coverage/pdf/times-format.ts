import type { Content, TableCell } from 'pdfmake/interfaces';
import { number, quiet } from '@/lib/coverage/pdf/tables-format';
import { type ReportedTimes, revokeSentence, seconds } from '@/lib/coverage/times-format';
import type { Span } from '@/lib/revocations/times/model';

const th = (text: string, right = false): TableCell => ({ text, style: 'th', alignment: right ? 'right' : 'left' });
const p95 = (span: Span | null): TableCell => number(seconds(span?.p95));

/** The later of refused and dead in the drills that passed, and how many failed. */
function drilled(drills: ReportedTimes['systems'][number]['drilled']): string {
  if (!drills?.count) return '–';
  const out = drills.refusedMs === null ? '' : seconds(Math.max(drills.refusedMs, drills.deadMs ?? 0));
  return [out, drills.failed ? `${drills.failed} failed` : ''].filter(Boolean).join(', ');
}

/** Time to revoke per system: declared, drilled, measured, and how many missed the target. */
export function revokeTimes(times: ReportedTimes): Content {
  return {
    stack: [
      { text: revokeSentence(times), bold: true, margin: [0, 0, 0, 6] },
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
