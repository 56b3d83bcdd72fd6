// Which files are judged, and what is written about them into docs/mutation.md.
import fs from 'node:fs';
import path from 'node:path';
import { EQUAL } from '@/bench/mutation/equal';
import { projectRoot } from '@/lib/platform/env';

export interface Row {
  file: string;
  /** Of the file's mutants and of every test that comes by it. */
  hash: string;
  secs: number;
  /** Code or tests have changed since. */
  older?: boolean;
  noticed: number;
  missed: number;
  /** Missed, and listed as a change nobody could notice. */
  equal: number;
  /** Percent of those that somebody could notice. */
  score: number;
  survivors: { line: number; mutator: string; was: string; is: string; reached: boolean }[];
}

const E = (names: string) => names.split(' ').map((name) => `lib/exposures/${name}.ts`);
const P = (names: string) => names.split(' ').map((name) => `lib/policies/${name}.ts`);

/** What decides and counts without a database, the rules that could let an overspend through first. */
export const FILES: string[] = [
  ...E('state members-state counters-state close assurance-state within-bounds open-slices'),
  ...P('evaluate rules-evaluate settle-evaluate facts-evaluate touch bound-evaluate views-evaluate live-evaluate'),
  ...P('assured-evaluate approved-evaluate declared-evaluate obligations-evaluate scope-evaluate usual-evaluate'),
  ...P('action-class-evaluate merge check check-shape compile-document compile expression'),
  ...P('run-tests rehearsal play-fixture shape-problems suggest compare-step'),
  ...E('window-state slices-state regrow-state'),
  ...P('direct-expression'),
];

/** What is not judged here, and by what it is held instead. */
export const LEFT_OUT: { files: string; why: string }[] = [
  {
    files:
      'Stores and verbs that only go to the database (`*/store.ts`, `commit/`, `lane/`, `ledger/`, `look/`, `touch/`, `who/`, `with-hold`, `settle`, `release`, `expire`, `withdraw`, `apply`, `promote`, …)',
    why: 'They are judged by tests that need PostgreSQL, a second or more for each mutant; the kill test, the model test of interleavings and the conformance suite run them whole.',
  },
  {
    files:
      '`exposures/judge`, `reserve`, `prepare`, `foresee`, `follow`, `decision-write` and what is called from them',
    why: 'The decision as a whole is tested through `POST /access/v1/evaluation` against PostgreSQL; the rules it calls are judged here one by one.',
  },
  {
    files: '`*model.ts`',
    why: 'Types, tables and shapes: the type checker and the tests of `check` hold them.',
  },
  {
    files: '`format.ts`, `diff-format.ts`, `explain-step.ts`, `hint.ts`, `templates.ts`',
    why: 'Words for people.',
  },
  {
    files: 'Texts (string literals) in every file',
    why: 'Those that decide are of a closed type, so that the compiler refuses others; the rest is words for people.',
  },
];

export function total(rows: Row[], folder: string): number {
  const mine = rows.filter((row) => row.file.startsWith(`${folder}/`));
  const noticed = mine.reduce((sum, row) => sum + row.noticed, 0);
  const all = noticed + mine.reduce((sum, row) => sum + row.missed, 0);
  return all ? (100 * noticed) / all : 0;
}

const percent = (value: number): string => `${value.toFixed(1)} %`;

function table(rows: Row[]): string {
  const lines = rows.map((row) => {
    const all = row.noticed + row.missed + row.equal;
    return `| \`${row.file.slice(4)}\`${row.older ? ' \\*' : ''} | ${all} | ${row.noticed} | ${row.missed} | ${row.equal || ''} | ${percent(row.score)} |`;
  });
  return ['| file | changes | noticed | missed | equal | score |', '|---|---:|---:|---:|---:|---:|', ...lines].join(
    '\n',
  );
}

/** By line: what it may say instead, and why nobody could notice. */
function equals(): string {
  const lines = new Map<string, { found: string[]; why: string }>();
  for (const { file, line, replacement, why } of EQUAL) {
    const at = `\`${file.slice(4)}\`, \`${line}\``;
    const { found } = lines.get(at) ?? { found: [] };
    lines.set(at, { found: [...found, `\`${replacement}\``], why });
  }
  return [...lines].map(([at, { found, why }]) => `- ${at}: ${found.join(', ')}. ${why}`).join('\n');
}

/** docs/mutation.md, from what was last found of each file. */
export function writeReport(rows: Row[]): void {
  const sum = (pick: (row: Row) => number) => rows.reduce((all, row) => all + pick(row), 0);
  const folders = ['lib/exposures', 'lib/policies'].map(
    (one) => `${percent(total(rows, one))} in \`${one.slice(4)}/\``,
  );
  const text = `# Do the tests notice?

The code that counts and decides is changed one small piece at a time – a comparison turned round, a condition always true, a line left out – and the tests are asked whether they notice. **${folders.join(', ')}** of ${sum((row) => row.noticed + row.missed)} changes were noticed; 85 % are wanted.

${table(rows)}
${rows.some((row) => row.older) ? '\n\\* The code or its tests have changed since it was judged.\n' : ''}
A change counts as missed also where no test comes by it, and where only a test that takes longer than 2 s in all would notice it. What never ends is noticed. Where a module remembers something that may hide a change from a later test, what was missed was tried again in a process of its own.

## Changes nobody could notice

${equals()}

## What is left out

| what | why |
|---|---|
${LEFT_OUT.map((one) => `| ${one.files} | ${one.why} |`).join('\n')}

To repeat it: \`npm run mutation\`; a file whose code and tests have not changed is not judged again (\`--again\` does). \`--only lib/policies/touch --show\` lists what was missed.
`;
  fs.writeFileSync(path.join(projectRoot(), 'docs', 'mutation.md'), text);
}
