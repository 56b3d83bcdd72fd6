// Puts the last results into docs/performance.md, between its marks, and draws them: npm run bench report
import fs from 'node:fs';
import path from 'node:path';
import type { Row } from '@/bench/decide/table';
import type { Large } from '@/bench/ingest/large';
import { type Machine, resultsDir } from '@/bench/lab/machine';
import { median } from '@/bench/lab/options';
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

interface IngestRound {
  events: number;
  cpuSeconds: number;
  postgresSeconds: number;
  copySeconds: number;
}

interface Ingest {
  at: string;
  machine: Machine;
  lines: number;
  results: Record<
    string,
    { rounds: IngestRound[]; perSecond: number; ratio: number; cpuRatio: number; bytesALine: number }
  >;
}

const LOGS: Record<string, string> = { cloudtrail: 'CloudTrail', pgbouncer: 'PgBouncer' };
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

const ingest = read<Ingest>('ingest');
if (ingest) {
  const us = (rounds: IngestRound[], of: (one: IngestRound) => number): string =>
    (median(rounds.map(of)) * 1e6).toFixed(1);
  put(
    'ingest',
    [
      `Measured ${ingest.at.slice(0, 16).replace('T', ' ')} UTC on ${where(ingest.machine)}. ${count(ingest.lines)} lines, medians of ${Object.values(ingest.results)[0]!.rounds.length} rounds.`,
      '',
      '| log | bytes a line | events/s | of COPY | of COPY, by processor time | CPU µs an event, Braid | PostgreSQL | COPY, a line |',
      '|---|---:|---:|---:|---:|---:|---:|---:|',
      ...Object.entries(ingest.results).map(
        ([name, { rounds, perSecond, ratio, cpuRatio, bytesALine }]) =>
          `| ${LOGS[name] ?? name} | ${count(bytesALine)} | ${count(perSecond)} | ${(ratio * 100).toFixed(1)} % | ${(cpuRatio * 100).toFixed(1)} % | ${us(rounds, (one) => one.cpuSeconds / one.events)} | ${us(rounds, (one) => one.postgresSeconds / one.events)} | ${us(rounds, (one) => one.copySeconds / ingest.lines)} |`,
      ),
    ].join('\n'),
  );
}

const large = read<Large & { at: string; machine: Machine }>('ingest-large');
if (large) {
  const resident = large.tenths.map((one) => Math.round(one.residentMb));
  put(
    'ingest-large',
    [
      `Measured ${large.at.slice(0, 16).replace('T', ' ')} UTC: **${(large.bytes / 1e9).toFixed(1)} GB**, ${count(large.lines)} CloudTrail records, all of them stored in ${count(large.seconds)} s by a process that may keep ${large.oldMb} MB (\`--max-old-space-size\`; ${large.youngMb} MB for what is short-lived). Most that was resident while each tenth of the file was read, MB:`,
      '',
      `| ${large.tenths.map((one) => `${Math.round(one.share * 100)} %`).join(' | ')} |`,
      `|${large.tenths.map(() => '---:').join('|')}|`,
      `| ${resident.join(' | ')} |`,
    ].join('\n'),
  );
}

fs.writeFileSync(file, text);
process.stdout.write(
  `${[decide && 'decide', growth && 'growth', ingest && 'ingest', large && 'ingest-large'].filter(Boolean).join(', ') || 'nothing'} written to docs/performance.md\n`,
);
