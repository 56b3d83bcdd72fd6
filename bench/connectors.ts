// Puts the contract suites' table into docs/connectors.md: connector × capability × real server or double × measured time.
//   CONTRACT_TABLE=bench/results/contract.ndjson npx vitest run lib/connectors   (and npm run test:systems)
//   npm run bench connectors
import fs from 'node:fs';
import path from 'node:path';
import { keepResult } from '@/bench/lab/machine';
import { options } from '@/bench/lab/options';
import type { ABILITIES } from '@/lib/connectors/format';
import type { Capabilities } from '@/lib/connectors/model';
import { projectRoot } from '@/lib/platform/env';

interface Row {
  /** Why nobody can be deleted there. */
  cannotRemove?: string;
  vendor: string;
  system: { kind: 'real' | 'double'; name: string };
  capabilities: Capabilities;
  /** Milliseconds per call, as the suite timed it. */
  took: Record<string, number>;
}

const asked = options(process.argv.slice(2), {
  rows: 'bench/results/contract.ndjson',
  json: '',
  doc: 'docs/connectors.md',
});
const BEGIN = '<!-- contract table: npm run bench connectors -->';
const END = '<!-- end of contract table -->';

/** The last row of each connector and system: a suite that was run again replaces what it said before. */
function read(file: string): Row[] {
  if (!fs.existsSync(file)) throw new Error(`${file} is not there: run the suites with CONTRACT_TABLE=${file} first.`);
  const lines = fs.readFileSync(file, 'utf8').split('\n').filter(Boolean);
  const rows = lines.map((line) => JSON.parse(line) as Row);
  const last = new Map(rows.map((row) => [`${row.vendor} ${row.system.kind} ${row.system.name}`, row]));
  return [...last.values()].sort((a, b) => (a.vendor < b.vendor ? -1 : 1));
}

/** Which of the timed calls stand for which capability. */
const CALLS: Partial<Record<keyof typeof ABILITIES, string[]>> = {
  discover: ['discover'],
  list: ['list'],
  terminateOne: ['terminateOne'],
  revokeAll: ['block', 'endSessions'],
  derived: ['endDerived'],
  pause: ['pause', 'resume'],
  restore: ['restore'],
  probe: ['probe'],
  canary: ['enter'],
  rotate: ['rotate', 'probeRotated'],
  predict: ['predict'],
  changes: ['changes'],
  events: ['pullEvents'],
};
/** Tried by suites of the vendors' own: not every system that gives consents can be made to give one alike. */
const ELSEWHERE: ReadonlySet<keyof typeof ABILITIES> = new Set(['consents'] as const);
const SHOWN = [
  'discover',
  'list',
  'terminateOne',
  'revokeAll',
  'derived',
  'consents',
  'rotate',
  'pause',
  'restore',
  'probe',
  'predict',
  'canary',
  'changes',
  'events',
] as const;
const HEADS: Record<(typeof SHOWN)[number], string> = {
  discover: 'discover',
  list: 'list',
  terminateOne: 'end one',
  revokeAll: 'block and end all',
  derived: 'end derived',
  consents: 'take back consents',
  rotate: 'rotate and prove',
  pause: 'pause and resume',
  restore: 'restore',
  probe: 'probe',
  predict: 'predict',
  canary: 'canary',
  changes: 'changes',
  events: 'events',
};

const seconds = (ms: number): string => (ms < 10 ? `${(ms / 1_000).toFixed(3)} s` : `${(ms / 1_000).toFixed(2)} s`);

function cell(row: Row, ability: (typeof SHOWN)[number]): string {
  const means = row.capabilities[ability];
  if (!means || means === 'none') return '–';
  const times = (CALLS[ability] ?? []).flatMap((call) => row.took[call] ?? []);
  if (ELSEWHERE.has(ability)) return 'a suite of its own';
  if (!times.length) return 'not run';
  return `${means === 'derived' ? 'derived' : '✓'} ${seconds(times.reduce((sum, ms) => sum + ms, 0))}`;
}

/** What is declared and was not timed was not run: nothing here stands on a declaration. */
const told = ({ cannotRemove, took }: Row): string =>
  cannotRemove ?? (took.removed === undefined ? 'not run' : `✓ ${seconds(took.removed)}`);

const rows = read(path.resolve(projectRoot(), asked.rows));
const head = ['Connector', 'Run against', ...SHOWN.map((one) => HEADS[one]), 'told when deleted'];
const lines = [
  `| ${head.join(' | ')} |`,
  `| ${head.map(() => '---').join(' | ')} |`,
  ...rows.map((row) => {
    const against = row.system.kind === 'real' ? row.system.name : `double: ${row.system.name}`;
    return `| ${[row.vendor, against, ...SHOWN.map((one) => cell(row, one)), told(row)].join(' | ')} |`;
  }),
];
keepResult('contract', rows, asked.json || undefined);
const doc = path.resolve(projectRoot(), asked.doc);
const text = fs.readFileSync(doc, 'utf8');
const [from, to] = [text.indexOf(BEGIN), text.indexOf(END)];
if (from < 0 || to < from) throw new Error(`${asked.doc} has no place for the table: ${BEGIN} … ${END}`);
fs.writeFileSync(doc, `${text.slice(0, from + BEGIN.length)}\n\n${lines.join('\n')}\n\n${text.slice(to)}`);
process.stdout.write(`${rows.length} rows into ${asked.doc}\n`);
