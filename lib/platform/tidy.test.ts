// Walks the source tree and holds it to what linters can't see. A failure names the file and what to do instead.
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { projectRoot } from '@/lib/platform/env';

const root = projectRoot();

interface Source {
  name: string;
  text: string;
  lines: number;
  isTest: boolean;
}

function read(dir: string): Source[] {
  const full = path.join(root, dir);
  if (!fs.existsSync(full)) return [];
  return fs.readdirSync(full, { withFileTypes: true }).flatMap((entry): Source[] => {
    const name = path.join(dir, entry.name);
    if (entry.isDirectory()) return entry.name === 'generated' || entry.name === 'fixtures' ? [] : read(name);
    if (!/\.(ts|tsx|mjs)$/.test(entry.name)) return [];
    const text = fs.readFileSync(path.join(root, name), 'utf8');
    return [
      {
        name,
        text,
        lines: text.split('\n').length,
        isTest: /\.test\.tsx?$|\/(testing[^/]*|contract-test)\.ts$/.test(name),
      },
    ];
  });
}

const sources = ['app', 'components', 'lib'].flatMap(read);
const product = sources.filter((source) => !source.isTest);
const offenders = (list: Source[], wrong: (source: Source) => boolean): string[] =>
  list.filter(wrong).map((source) => source.name);

test('the walk sees the tree', () => {
  expect(product.length).toBeGreaterThan(100);
});

describe('sizes', () => {
  // The list of routes is written by its test, two lines a route.
  test('no file over 300 lines', () =>
    expect(offenders(sources, (s) => s.lines > 301 && !s.name.endsWith('openapi.json/routes.ts'))).toEqual([]));
  test('no page over 60 lines', () =>
    expect(offenders(product, (s) => s.name.endsWith('/page.tsx') && s.lines > 61)).toEqual([]));
  test('median file at most 90 lines', () => {
    const sorted = product.map((source) => source.lines).sort((a, b) => a - b);
    expect(sorted[Math.floor(sorted.length / 2)]!).toBeLessThanOrEqual(90);
  });
});

describe('names', () => {
  test('no barrels and no rooms without a name', () =>
    expect(offenders(product, (s) => /\/(index|utils?|helpers?|common|manager|service)\.tsx?$/.test(s.name))).toEqual(
      [],
    ));
  test('no long relative imports', () =>
    expect(offenders(sources, (s) => /from '\.\.\/\.\.\//.test(s.text))).toEqual([]));
  test('no banned synonym as the name of something exported', () =>
    expect(
      offenders(product, (s) =>
        /export (?:async )?(?:function|const|class|interface|type|enum) \w*(?:User(?!Agent)|Member(?!ship)|Plugin|Kill|Alert(?!s?Icon)|Watcher)\b/.test(
          s.text,
        ),
      ),
    ).toEqual([]));
});

describe('determinism', () => {
  const free = (s: Source) => s.name.startsWith('lib/platform/') || s.name.startsWith('lib/server/demo');
  test('time comes from the clock', () =>
    expect(
      offenders(product, (s) => s.name.startsWith('lib/') && !free(s) && /Date\.now\(\)|new Date\(\)/.test(s.text)),
    ).toEqual([]));
  test('chance comes from platform/ids', () =>
    expect(offenders(product, (s) => !free(s) && /Math\.random\(/.test(s.text))).toEqual([]));
});

describe('edges', () => {
  test('the environment is read in one place', () =>
    expect(
      offenders(
        product,
        (s) =>
          /process\.env\.(?!NODE_ENV|NEXT_RUNTIME|BRAID_PROCESS|BRAID_LOG_(?:LEVEL|FORMAT)|NEXTAUTH_URL)/.test(
            s.text,
          ) && !/^lib\/(platform\/env|server\/)/.test(s.name),
      ),
    ).toEqual([]));
  test('every server action is wrapped', () =>
    expect(
      offenders(
        product,
        (s) =>
          /^app\/.*actions\.ts$/.test(s.name) &&
          !/endCurrentSession/.test(s.text) &&
          /export (?:async function|const \w+ = async)/.test(s.text),
      ),
    ).toEqual([]));
  test('every REST route is declared', () =>
    expect(
      offenders(product, (s) => /^app\/api\/v1\/.*route\.ts$/.test(s.name) && !/\broute\(|\bopenapi\(/.test(s.text)),
    ).toEqual([]));
  test('every mutation that is authorised is audited', () => {
    const mutates = /authorise\(\s*ctx,\s*'(?!console\.read|decision\.ask|event\.ingest)/;
    expect(
      offenders(
        product,
        (s) =>
          s.name.startsWith('lib/') &&
          mutates.test(s.text) &&
          /\btransaction\(/.test(s.text) &&
          !/\brecord\(/.test(s.text),
      ),
    ).toEqual([]);
  });
});

test('the project speaks of itself alone', () => {
  const words = /\.\.\/shared(?!\/data)|['"`]\/work\//; // outside it, only the real logs a test reads when they are there
  expect(offenders(sources, (s) => words.test(s.text) && !s.name.endsWith('tidy.test.ts'))).toEqual([]);
});
