import type { Content, TableCell, TDocumentDefinitions } from 'pdfmake/interfaces';
import type { BlindReport } from '@/lib/allotments/model';
import { excessSentence, headline, share, splitSentence } from '@/lib/coverage/format';
import { FIELD_PERCENT, type Snapshot, TEST_DEFINITIONS, TEST_TITLES, TESTS } from '@/lib/coverage/model';
import { blind } from '@/lib/coverage/pdf/blind-format';
import { gaps, identities, number, owners, quiet, sources } from '@/lib/coverage/pdf/tables-format';
import { revokeTimes } from '@/lib/coverage/pdf/times-format';
import { plural } from '@/lib/exposures/format';
import { EXCESSIVE } from '@/lib/identities/privileges-evaluate';

const INK = '#16191d';
const DIM = '#545d68';
const LINE = '#dde1e6';
const BLUE = '#1a62ba';
const PAPER = '#f5f6f8';
const WIDTH = 515;

const heading = (text: string, note?: string): Content => ({
  columns: [
    { text, style: 'heading' },
    note ? { text: note, style: 'note', alignment: 'right', margin: [0, 18, 0, 0] } : { text: '' },
  ],
});
const day = (at: string): string => `${at.slice(0, 10)} ${at.slice(11, 16)} UTC`;

function stats(snapshot: Snapshot): Content {
  const { totals } = snapshot;
  const card = (label: string, value: string, sub: string): TableCell => ({
    stack: [
      { text: label, fontSize: 8, color: DIM },
      { text: value, fontSize: 18, bold: true, margin: [0, 1, 0, 1] },
      { text: sub, fontSize: 8, color: DIM },
    ],
    fillColor: PAPER,
    margin: [8, 7, 8, 7],
  });
  return {
    table: {
      widths: ['*', '*', '*', '*'],
      body: [
        [
          card(
            'Fully visible',
            `${snapshot.percent} %`,
            `${totals.full} of ${totals.known} · the field: ${FIELD_PERCENT} %`,
          ),
          card(
            'Held back together',
            String(totals.decisions.split),
            `of ${totals.decisions.total} decisions in 7 days`,
          ),
          card(
            'Live sessions',
            String(totals.live.sessions),
            `of ${totals.live.identities} ${plural(totals.live.identities, 'identity', 'identities')}, ${totals.live.aboveLimit} above limit`,
          ),
          card(
            'Click to verified, p95',
            totals.revocations.p95Ms === null ? '–' : `${(totals.revocations.p95Ms / 1000).toFixed(1)} s`,
            `${totals.revocations.verified} of ${totals.revocations.total} verified`,
          ),
        ],
      ],
    },
    layout: { hLineWidth: () => 0, vLineWidth: (at) => (at === 0 || at === 4 ? 0 : 6), vLineColor: () => '#ffffff' },
    margin: [0, 12, 0, 0],
  };
}

function tests({ totals }: Snapshot): Content {
  const bar = (part: number): TableCell => ({
    canvas: [
      { type: 'rect', x: 0, y: 3, w: 170, h: 7, color: LINE },
      ...(part > 0
        ? [{ type: 'rect' as const, x: 0, y: 3, w: (170 * part) / Math.max(totals.known, 1), h: 7, color: BLUE }]
        : []),
    ],
  });
  return {
    table: {
      widths: [130, 175, 70, '*'],
      body: TESTS.map((test) => [
        { text: TEST_TITLES[test], bold: true },
        bar(totals.byTest[test]),
        number(`${totals.byTest[test]} of ${totals.known}`),
        number(`${share(totals.byTest[test], totals.known)} %`),
      ]),
    },
    layout: quiet,
  };
}

const definitions = (): Content => ({
  stack: [
    ...TESTS.map(
      (test): Content => ({
        text: [{ text: `${TEST_TITLES[test]}. `, bold: true }, TEST_DEFINITIONS[test]],
        margin: [0, 2, 0, 2],
      }),
    ),
    {
      text: [
        { text: 'Service account. ', bold: true },
        'Every non-human identity that a connected system or a log holds: service accounts, API keys, workloads, OAuth apps, agents and pipelines.',
      ],
      margin: [0, 2, 0, 2],
    },
    {
      text: [
        { text: `${FIELD_PERCENT} %. `, bold: true },
        'Share of organisations that report full visibility into their service accounts; a share of organisations, set beside a share of accounts.',
      ],
      margin: [0, 2, 0, 2],
    },
  ],
});

/** The weekly report as a document. Pure: the same snapshot, and what was decided blind before it, give the same pages. */
export function reportDocument(snapshot: Snapshot, decidedBlind: BlindReport): TDocumentDefinitions {
  return {
    info: {
      title: `Weekly visibility report, week of ${snapshot.weekOf}`,
      author: 'Braid',
      creationDate: new Date(snapshot.takenAt),
    },
    pageSize: 'A4',
    pageMargins: [40, 46, 40, 50],
    defaultStyle: { font: 'Roboto', fontSize: 9, color: INK, lineHeight: 1.15 },
    styles: {
      heading: { fontSize: 12, bold: true, margin: [0, 16, 0, 6] },
      th: { fontSize: 8, color: DIM },
      note: { fontSize: 8, color: DIM },
    },
    footer: (page, pages) => ({
      columns: [
        { text: `Snapshot ${snapshot.id}`, color: DIM, fontSize: 7 },
        { text: `${page} / ${pages}`, color: DIM, fontSize: 7, alignment: 'right' },
      ],
      margin: [40, 18, 40, 0],
    }),
    content: [
      {
        columns: [
          { text: 'Braid', bold: true, fontSize: 10, width: 60 },
          {
            text: `Weekly visibility report · week of ${snapshot.weekOf} · taken ${day(snapshot.takenAt)} by ${snapshot.takenBy}`,
            style: 'note',
            alignment: 'right',
          },
        ],
      },
      { canvas: [{ type: 'line', x1: 0, y1: 4, x2: WIDTH, y2: 4, lineWidth: 0.5, lineColor: LINE }] },
      { text: headline(snapshot), fontSize: 17, bold: true, margin: [0, 14, 0, 0], lineHeight: 1.2 },
      {
        text: splitSentence(snapshot.totals.decisions).replace(/[\u00a0\u202f]/g, ' '),
        fontSize: 10,
        color: DIM,
        margin: [0, 6, 0, 0],
      },
      stats(snapshot),
      heading('The six tests', `of ${snapshot.totals.known} service accounts`),
      tests(snapshot),
      heading('Sources and freshness', `as of ${day(snapshot.takenAt)}`),
      sources(snapshot),
      heading('Gaps', 'an identity can have several'),
      gaps(snapshot),
      ...(excessSentence(snapshot.totals)
        ? [
            heading('Excessive privileges'),
            { text: excessSentence(snapshot.totals)!, bold: true, margin: [0, 0, 0, 2] as never },
            { text: EXCESSIVE, style: 'note' },
          ]
        : []),
      heading('Owners', 'least visible first'),
      owners(snapshot),
      heading('Decided blind', 'value allowed in the seven days before the snapshot'),
      blind(decidedBlind),
      ...(snapshot.totals.revocations.times
        ? [
            heading('Time to revoke', 'click to effective and to verified, measured over 90 days'),
            revokeTimes(snapshot.totals.revocations.times),
          ]
        : []),
      { stack: [heading('Identities', 'least visible first')], pageBreak: 'before' },
      identities(snapshot),
      heading('Definitions'),
      definitions(),
    ],
  };
}
