import type { Case } from '@/bench/decide/case';
import type { Heard } from '@/bench/lab/caller';
import { median } from '@/bench/lab/options';

/** One peer in one cell of one round. CPU time in microseconds per answer. */
export interface Reading extends Heard {
  peer: string;
  case: string;
  round: number;
  serverUs: number;
  postgresUs: number;
}

/** Medians over the rounds. The ratio is to Cerbos in the same round and cell, median of those; null without it. */
export interface Row {
  case: string;
  peer: string;
  perSecond: number;
  p50: number;
  p99: number;
  serverUs: number;
  postgresUs: number;
  refused: number;
  toCerbos: number | null;
  p50ToCerbos: number | null;
  p99ToCerbos: number | null;
  /** Braid's throughput over this peer's in the same round; null for Braid itself. */
  braidTo: number | null;
}

export function rowsOf(readings: Reading[], cases: Case[]): Row[] {
  const names = [...new Set(readings.map((reading) => reading.peer))].sort(
    (a, b) => Number(b === 'braid') - Number(a === 'braid') || Number(b === 'cerbos') - Number(a === 'cerbos'),
  );
  return cases.flatMap((each) =>
    names.flatMap((peer) => {
      const mine = readings.filter((one) => one.case === each.name && one.peer === peer);
      if (!mine.length) return [];
      const same = (one: Reading, name: string) =>
        readings.find((other) => other.case === one.case && other.round === one.round && other.peer === name);
      const of = (pick: (one: Reading) => number) => median(mine.map(pick));
      const against = (name: string, pick: (one: Reading, other: Reading) => number): number | null => {
        const ratios = mine.flatMap((one) => {
          const other = same(one, name);
          return other ? [pick(one, other)] : [];
        });
        return ratios.length ? median(ratios) : null;
      };
      return [
        {
          case: each.name,
          peer,
          perSecond: of((one) => one.perSecond),
          p50: of((one) => one.p50),
          p99: of((one) => one.p99),
          serverUs: of((one) => one.serverUs),
          postgresUs: of((one) => one.postgresUs),
          refused: mine.reduce((sum, one) => sum + one.refused, 0),
          toCerbos: against('cerbos', (one, other) => one.perSecond / other.perSecond),
          p50ToCerbos: against('cerbos', (one, other) => one.p50 / other.p50),
          p99ToCerbos: against('cerbos', (one, other) => one.p99 / other.p99),
          braidTo: peer === 'braid' ? null : against('braid', (one, other) => other.perSecond / one.perSecond),
        },
      ];
    }),
  );
}

const ratio = (value: number | null): string => (value === null ? '–' : `${value.toFixed(2)}×`);

export const COLUMNS = [
  ['connections × identities', 26],
  ['who', 18],
  ['/s', 8],
  ['p50 ms', 9],
  ['p99 ms', 9],
  ['of Cerbos', 11],
  ['p99 of C.', 11],
  ['Braid : it', 12],
  ['own µs', 8],
  ['pg µs', 8],
] as const;

export const cellsOf = (row: Row): string[] => [
  row.case,
  row.peer,
  row.perSecond.toFixed(0),
  row.p50.toFixed(2),
  row.p99.toFixed(2),
  ratio(row.toCerbos),
  ratio(row.p99ToCerbos),
  ratio(row.braidTo),
  row.serverUs.toFixed(0),
  row.postgresUs.toFixed(0),
];

export function printTable(rows: Row[], say: (line: string) => void): void {
  say(COLUMNS.map(([name, width], at) => (at < 2 ? name.padEnd(width) : name.padStart(width))).join(''));
  let last = '';
  for (const row of rows) {
    const cells = cellsOf(row);
    if (row.case === last) cells[0] = '';
    last = row.case;
    say(cells.map((text, at) => (at < 2 ? text.padEnd(COLUMNS[at]![1]) : text.padStart(COLUMNS[at]![1]))).join(''));
    if (row.refused) say(`${' '.repeat(26)}${row.refused} answers were no decision (503 or 429)`);
  }
}
