import type { Content, TableCell } from 'pdfmake/interfaces';
import { blindText, flagText, pointText } from '@/lib/allotments/format';
import type { BlindReport } from '@/lib/allotments/model';
import { number, quiet } from '@/lib/coverage/pdf/tables-format';
import { amountText } from '@/lib/exposures/format';

/** Roboto has no narrow space. */
const plain = (text: string): string => text.replace(/[\u00a0\u202f]/g, ' ');
const th = (text: string, right = false): TableCell => ({ text, style: 'th', alignment: right ? 'right' : 'left' });

/** What was decided without knowing shared state: the sentence, the value by how it was decided, and who could not ask. */
export function blind(report: BlindReport): Content {
  const points = report.points.filter((point) => point.mode !== 'online' || flagText(point));
  return {
    stack: [
      { text: plain(blindText(report)), bold: true, margin: [0, 0, 0, 6] },
      ...(report.units.length ? [values(report)] : []),
      ...(points.length
        ? [pointTable(points)]
        : [
            { text: 'Every enforcement point asks about every request.', style: 'note', margin: [0, 4, 0, 0] as never },
          ]),
    ],
  };
}

const values = ({ units }: BlindReport): Content => ({
  table: {
    headerRows: 1,
    widths: ['*', '*', '*', '*', '*', 50],
    body: [
      [
        th('Allowed in all'),
        th('Online', true),
        th('On a recent answer', true),
        th('Out of allotments', true),
        th('Told afterwards', true),
        th('Blind', true),
      ],
      ...units.map((one): TableCell[] => [
        { text: plain(amountText(one.total, one.scale, one.unit)), bold: true },
        ...[one.online, one.bounded, one.offline, one.legacy].map((sum) => number(plain(amountText(sum, one.scale)))),
        number(`${one.percent} %`),
      ]),
    ],
  },
  layout: quiet,
});

const pointTable = (points: BlindReport['points']): Content => ({
  table: {
    headerRows: 1,
    widths: [120, 130, 60, 60, '*'],
    body: [
      [th('Enforcement point'), th('Mode'), th('Allotments', true), th('Told', true), th('Variance')],
      ...points.map((point): TableCell[] => [
        { text: point.name, bold: true },
        pointText(point),
        number(point.allotments),
        number(point.told),
        plain(flagText(point) ?? 'none'),
      ]),
    ],
  },
  layout: quiet,
  margin: [0, 8, 0, 0],
});
