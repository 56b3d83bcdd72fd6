// Puts the last results into docs/performance.md, between its marks, and draws them: npm run bench report
import fs from 'node:fs';
import path from 'node:path';
import type { Row } from '@/bench/decide/table';
import { type Machine, resultsDir } from '@/bench/lab/machine';
import type { RecordSize } from '@/bench/lab/record-size';
import { bars } from '@/bench/report/plot';
import { projectRoot } from '@/lib/platform/env';

interface Decide {
  at: string;
  machine: Machine;
  rounds: number;
  seconds: number;
  rows: Row[];
  size: RecordSize;
  verified: boolean;
}

interface GrowthReading {
  perSecond: number;
  p50: number;
  p99: number;
  serverUs: number;
  postgresUs: number;
  toCerbos: number | null;
}

interface Growth {
  at: string;
  machine: Machine;
  points: { stored: number; identities: number; gigabytes: number; hot: GrowthReading; all: GrowthReading }[];
}

const NAMES: Record<string, string> = {
  braid: '**Braid**',
  cerbos: 'Cerbos 0.51.0',
  'limiter-postgres': 'rate-limiter-flexible, PostgreSQL',
  'limiter-redis': 'rate-limiter-flexible, Redis',
  pgbench: 'pgbench, one UPDATE',
};

const file = path.join(projectRoot(), 'docs', 'performance.md');
const image = path.join(projectRoot(), 'docs', 'images', 'performance.svg');
let text = fs.readFileSync(file, 'utf8');

const read = <T>(name: string): T | null => {
  const from = path.join(resultsDir, `${name}.json`);
  return fs.existsSync(from) ? (JSON.parse(fs.readFileSync(from, 'utf8')) as T) : null;
};

function put(mark: string, content: string): void {
  const [begin, end] = [`<!-- ${mark} -->`, `<!-- end ${mark} -->`];
  const from = text.indexOf(begin);
  const to = text.indexOf(end);
  if (from < 0 || to < from) throw new Error(`docs/performance.md has no ${begin} … ${end}`);
  text = `${text.slice(0, from + begin.length)}\n${content.trim()}\n${text.slice(to)}`;
}

const times = (value: number | null): string => (value === null ? '–' : `${value.toFixed(2)}×`);
const count = (value: number): string => Math.round(value).toLocaleString('en-US');
const where = ({ cpu, cores, memoryGb, node, postgres, settings }: Machine): string =>
  `${cores} cores (${cpu}), ${memoryGb} GB, Node ${node}, PostgreSQL ${postgres}; ${Object.entries(settings)
    .map(([name, value]) => `\`${name}\` ${value}`)
    .join(', ')}`;

const decide = read<Decide>('decide');
if (decide) {
  const lines = [
    `Measured ${decide.at.slice(0, 16).replace('T', ' ')} UTC on ${where(decide.machine)}. ${decide.rounds} rounds of ${decide.seconds} s a cell, medians; the load generator runs on the same cores. All decisions of the run ${decide.verified ? 'verified afterwards' : '**did not verify**'}.`,
    '',
    '| connections × identities | | decisions/s | p50 ms | p99 ms | of Cerbos | its p99 of Cerbos’ | Braid : it | CPU µs, own | CPU µs, PostgreSQL |',
    '|---|---|---:|---:|---:|---:|---:|---:|---:|---:|',
  ];
  let last = '';
  for (const row of decide.rows) {
    const cells = [
      row.case === last ? '' : row.case,
      NAMES[row.peer] ?? row.peer,
      count(row.perSecond),
      row.p50.toFixed(2),
      row.p99.toFixed(2),
      times(row.toCerbos),
      times(row.p99ToCerbos),
      times(row.braidTo),
      row.serverUs.toFixed(0),
      row.postgresUs.toFixed(0),
    ];
    last = row.case;
    lines.push(`| ${cells.join(' | ')} |`);
  }
  put('decide', lines.join('\n'));
  const { size } = decide;
  put(
    'size',
    `A decision's record is **${count(size.medianBytes)} B** in the median over ${count(size.decisions)} decisions: its row with the trace (${count(size.medianTraceBytes)} B) and the ledger entries it made in three exposures. On disk, with every index, dead row and page that is not full, ${count(size.diskBytes)} B a decision.`,
  );
  const groups = [...new Set(decide.rows.map((row) => row.case))].map((name) => ({
    title: `${name} (connections × identities)`,
    bars: decide.rows
      .filter((row) => row.case === name)
      .map((row) => ({
        label: (NAMES[row.peer] ?? row.peer).replaceAll('*', ''),
        value: row.perSecond,
        text: `${count(row.perSecond)}/s, p99 ${row.p99.toFixed(1)} ms`,
        strong: row.peer === 'braid',
      })),
  }));
  fs.writeFileSync(image, bars('Answers a second', groups));
}

const growth = read<Growth>('growth');
if (growth) {
  const row = (reading: GrowthReading) =>
    `${count(reading.perSecond)} | ${reading.p50.toFixed(1)} | ${reading.p99.toFixed(1)} | ${(reading.serverUs + reading.postgresUs).toFixed(0)} | ${times(reading.toCerbos)}`;
  put(
    'growth',
    [
      `Measured ${growth.at.slice(0, 16).replace('T', ' ')} UTC on ${where(growth.machine)}. 64 connections, each request under an idempotency key of its own.`,
      '',
      '| stored decisions | identities | size | asked over | /s | p50 ms | p99 ms | CPU µs a decision | of Cerbos |',
      '|---:|---:|---:|---|---:|---:|---:|---:|---:|',
      ...growth.points.flatMap((point) => [
        `| ${count(point.stored)} | ${count(point.identities)} | ${point.gigabytes.toFixed(1)} GB | a hundred | ${row(point.hot)} |`,
        `| | | | all of them | ${row(point.all)} |`,
      ]),
    ].join('\n'),
  );
}

fs.writeFileSync(file, text);
process.stdout.write(
  `${[decide && 'decide', growth && 'growth'].filter(Boolean).join(' and ') || 'nothing'} written to docs/performance.md\n`,
);
