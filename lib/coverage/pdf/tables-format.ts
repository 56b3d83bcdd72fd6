import type { Content, TableCell } from 'pdfmake/interfaces';
import { ageText, share, sightsText } from '@/lib/coverage/format';
import { GAPS, type Gap, type Snapshot, TESTS } from '@/lib/coverage/model';

const DIM = '#545d68';
const LINE = '#dde1e6';
const GREEN = '#0e6f49';
const RED = '#c0232b';
/** Identities printed at most; the CSV has all. */
const ROWS = 400;

const head = (...cells: string[]): TableCell[] => cells.map((text) => ({ text, style: 'th' }));
export const number = (value: number | string): TableCell => ({ text: String(value), alignment: 'right' });
/** A header cell over figures. */
const over = (text: string): TableCell => ({ text, style: 'th', alignment: 'right' });

/** Hairlines between rows, nothing else. */
export const quiet = {
  hLineWidth: (at: number, node: { table: { body: unknown[] } }) =>
    at === 0 || at === node.table.body.length ? 0 : 0.5,
  vLineWidth: () => 0,
  hLineColor: () => LINE,
  paddingLeft: (column: number) => (column === 0 ? 0 : 6),
  paddingRight: (column: number, node: { table: { widths?: unknown } }) =>
    Array.isArray(node.table.widths) && column === node.table.widths.length - 1 ? 0 : 6,
  paddingTop: () => 4,
  paddingBottom: () => 4,
};

/** Where the figures come from, how fresh, and what no inventory holds. */
export function sources({ sources, takenAt, totals }: Snapshot): Content {
  return {
    stack: [
      {
        table: {
          headerRows: 1,
          widths: [110, 55, 50, 60, 85, '*'],
          body: [
            [...head('Source', 'Kind'), over('Identities'), over('Fully visible'), ...head('Freshness', 'Detail')],
            ...sources.map((each) => [
              { text: each.name, bold: true },
              each.kind,
              number(each.identities),
              number(each.full),
              `${each.freshness}, ${ageText(each.lastAt, takenAt)}`,
              { text: each.detail, color: DIM },
            ]),
          ],
        },
        layout: quiet,
      },
      ...(totals.sights
        ? [
            {
              text: `What Braid sees of each, by the system that shows most: ${sightsText(totals.sights)}.`,
              style: 'note',
            },
          ]
        : []),
      {
        text: `Not reconciled: ${totals.remainder.logsOnly} known from logs alone (inside the denominator), ${totals.remainder.decisionsOnly} named by callers of the decision API alone and ${totals.remainder.humans} people (outside it).`,
        style: 'note',
        margin: [0, 6, 0, 0],
      },
    ],
  };
}

/** What identities lack, most frequent first. */
export const gaps = ({ totals }: Snapshot): Content => ({
  table: {
    headerRows: 1,
    widths: ['*', 70, 70],
    body: [
      [...head('Gap'), over('Identities'), over('Share')],
      ...Object.entries(totals.gaps)
        .sort(([, a], [, b]) => b - a)
        .map(([gap, count]) => [GAPS[gap as Gap] ?? gap, number(count), number(`${share(count, totals.known)} %`)]),
    ],
  },
  layout: quiet,
});

/** Scorecards of those who answer for identities. */
export const owners = ({ totals }: Snapshot): Content => ({
  table: {
    headerRows: 1,
    widths: ['*', 70, 70, 80, 60],
    body: [
      [...head('Owner'), over('Identities'), over('Fully visible'), over('Mean visibility'), over('Gaps')],
      ...totals.owners
        .slice(0, 40)
        .map((each) => [
          each.owner ?? { text: 'nobody', color: RED },
          number(each.identities),
          number(each.full),
          number(`${each.visibility.toFixed(1)} / 6`),
          number(each.gaps),
        ]),
    ],
  },
  layout: quiet,
});

/** The rows that the totals count. */
export function identities({ rows }: Snapshot): Content {
  const centred = (text: string): TableCell => ({ text, style: 'th', alignment: 'center' });
  const mark = (pass: boolean): TableCell => ({
    text: pass ? 'yes' : 'no',
    color: pass ? GREEN : RED,
    bold: !pass,
    alignment: 'center',
  });
  return {
    stack: [
      {
        table: {
          headerRows: 1,
          dontBreakRows: true,
          widths: ['*', 80, 34, 32, 36, 50, 38, 40, 48],
          body: [
            [
              ...head('Identity', 'Answers for it'),
              ...['Visibility', 'Owner', 'Purpose', 'Credentials', 'Last use', 'Sessions', 'Revocation'].map(centred),
            ],
            ...rows
              .slice(0, ROWS)
              .map((row) => [
                { text: row.name, bold: true },
                row.owner ?? { text: 'nobody', color: DIM },
                { text: `${row.visibility} / 6`, alignment: 'center' as const },
                ...TESTS.map((test) => mark(row.tests[test].pass)),
              ]),
          ],
        },
        layout: quiet,
        fontSize: 8,
      },
      ...(rows.length > ROWS
        ? [{ text: `${rows.length - ROWS} more are in the CSV of this snapshot.`, style: 'note' }]
        : []),
    ],
  };
}
