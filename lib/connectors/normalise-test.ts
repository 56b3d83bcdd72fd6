import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formats } from '@/lib/connectors/formats';
import { cut } from '@/lib/sessions/cut';
import type { LogFormat } from '@/lib/sessions/import-model';
import type { SessionEventInput } from '@/lib/sessions/model';
import { readEvent } from '@/lib/sessions/read-event';
import { holdsSecret } from '@/lib/sessions/token-model';

/** What the suite needs of a source to try its normaliser. */
export interface Source {
  format: LogFormat;
  /** Recorded files as text, by name. Every record in them is an event, or skipped; what is refused is tried apart. */
  fixtures: Record<string, string>;
  /** Beginnings that look alike and are another source's. */
  others?: Record<string, string>;
  /** Its files are not recognised: somebody says what they are. */
  asked?: boolean;
}

const NOW = Date.UTC(2026, 10, 22, 12);
const SLOW_MS = 250;

/** Secrets of every kind, made up: put in the place of any text of a record, none may come out. */
const SECRETS = [
  'eyJhbGciOiJSUzI1NiIsImtpZCI6ImExIn0.eyJzdWIiOiJwYXktd29ya2VyIn0.c2lnbmF0dXJlLW9mLW5vdGhpbmc',
  `ghp_${'aB3'.repeat(12)}`,
  `hvs.${'CAESI'.repeat(8)}`,
  `Bearer ${'q7Zt'.repeat(10)}`,
  `https://db:hunter2hunter2@10.0.0.9/x?access_token=${'p0'.repeat(20)}`,
];
const bare = (secret: string): string[] =>
  secret.startsWith('https') ? ['hunter2hunter2', 'p0'.repeat(20)] : [secret.replace('Bearer ', '')];

const HOSTILE: unknown[] = [
  null,
  undefined,
  '',
  0,
  -1,
  1e308,
  Number.NaN,
  true,
  [],
  {},
  [[[]]],
  '\u0000',
  '\ud800',
  'x'.repeat(100_000),
  '('.repeat(20_000),
  `${'a/1 '.repeat(10_000)}(`,
  '9'.repeat(400),
  '2024-02-30T25:61:61Z',
  '035.249.253.232',
  '::ffff:999.1.1.1',
  { toString: 5 },
  JSON.parse('{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}'),
  nested(2_000),
];

function nested(depth: number): unknown {
  let value: unknown = 'deep';
  for (let i = 0; i < depth; i++) value = i % 2 ? [value] : { a: value };
  return value;
}

type Path = (string | number)[];

/** Every place in a record, the record itself too; of a large one the first thousand. */
function places(value: unknown, path: Path = [], out: Path[] = []): Path[] {
  if (out.length >= 1000) return out;
  out.push(path);
  if (typeof value === 'object' && value !== null)
    for (const name of Object.keys(value)) places((value as Record<string, unknown>)[name], [...path, name], out);
  return out;
}

const DROP = Symbol('drop');

/** A copy with another value in one place. */
function put(value: unknown, path: Path, next: unknown): unknown {
  if (path.length === 0) return next === DROP ? undefined : next;
  const copy = (Array.isArray(value) ? [...value] : { ...(value as object) }) as Record<string, unknown>;
  const [name, ...rest] = path as [string, ...Path];
  if (rest.length === 0 && next === DROP) delete copy[name];
  else copy[name] = put(copy[name], rest, next);
  return copy;
}

const at = (value: unknown, path: Path): unknown =>
  path.reduce<unknown>((inner, name) => (inner as Record<string, unknown>)[name as string], value);

function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const each of Object.values(value)) frozen(each);
  }
  return value;
}

/** A record that has become something else: one to three places dropped, retyped, deepened, made huge or cut. */
function mutants(records: unknown[]): fc.Arbitrary<unknown> {
  return fc
    .record({
      record: fc.constantFrom(...records),
      changes: fc.array(
        fc.record({
          where: fc.nat(),
          how: fc.oneof(
            fc.constantFrom<unknown>(DROP, ...HOSTILE),
            fc.string({ unit: 'binary', maxLength: 40 }),
            fc.double(),
            fc.jsonValue({ maxDepth: 3 }),
          ),
          from: fc.nat(400),
          to: fc.nat(400),
        }),
        { minLength: 1, maxLength: 3 },
      ),
    })
    .map(({ record, changes }) => {
      let made = record;
      for (const { where, how, from, to } of changes) {
        const all = places(made);
        const path = all[where % all.length]!;
        const old = at(made, path);
        // A text is as often cut and patched as it is replaced.
        const next = typeof old === 'string' && from % 2 ? old.slice(0, from) + text(how) + old.slice(to) : how;
        made = put(made, path, next);
      }
      return made;
    });
}

/** How long it takes, milliseconds: once, or where that was slow the least of four, so that a busy machine is not blamed on it. */
function leastMs(run: () => unknown): number {
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 4 && least >= SLOW_MS; i++) {
    const began = performance.now();
    run();
    least = Math.min(least, performance.now() - began);
  }
  return least;
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

const strings = (value: unknown): string[] =>
  typeof value === 'string'
    ? [value]
    : typeof value === 'object' && value !== null
      ? Object.entries(value).flatMap(([name, each]) => [name, ...strings(each)])
      : [];

function expectSound(read: ReturnType<typeof readEvent>): void {
  if (read.kind === 'rejected') {
    expect(read.reason).toMatch(/\w/);
    expect(read.reason.length).toBeLessThanOrEqual(500);
  } else if (read.kind === 'event') {
    expect(strings(read.event).filter(holdsSecret)).toEqual([]);
    expect(new Date(read.event.at).toISOString()).toBe(read.event.at);
  } else expect(read.kind).toBe('skipped');
}

/** Ids under which two different records of one file would count as one fact. */
function sharedIds(file: unknown[], read: (record: unknown) => ReturnType<typeof readEvent>): string[] {
  const facts = new Map<string, string>();
  return file.flatMap((record) => {
    const one = read(record);
    if (one.kind !== 'event') return [];
    const id = `${one.event.eventId} ${one.event.at}`;
    const before = facts.get(id);
    facts.set(id, JSON.stringify(one.event));
    return before !== undefined && before !== facts.get(id) ? [id] : [];
  });
}

/** The one suite every log format passes on recorded payloads of its own. */
export function normaliseSuite({ format, fixtures, others = {}, asked = false }: Source): void {
  const files = Object.values(fixtures).map((content) =>
    cut(format, content).map((raw) => {
      if ('reason' in raw) throw new Error(`line ${raw.line} ${raw.reason}`);
      return raw.record;
    }),
  );
  const records = files.flat();
  const read = (record: unknown) => readEvent(format, record, NOW);

  describe(`format: ${format.name}`, () => {
    test('every recorded record is an event in strict shape, or skipped', () => {
      expect(records.length).toBeGreaterThan(0);
      const events: SessionEventInput[] = [];
      records.forEach((record, index) => {
        const one = read(record);
        expectSound(one);
        if (one.kind === 'rejected') expect.fail(`record ${index + 1} is refused: ${one.reason}`);
        if (one.kind === 'event') events.push(one.event);
      });
      expect(events.length).toBeGreaterThan(0);
      for (const event of events) expect(event.source).toBe(format.name);
      for (const file of files) expect(sharedIds(file, read)).toEqual([]);
    });

    test('it changes nothing it is given, and gives the same for the same', () => {
      for (const record of records) {
        const first = format.normalise(frozen(structuredClone(record)));
        expect(format.normalise(structuredClone(record))).toEqual(first);
      }
    });

    test('its files are recognised as its own and no other source’s; others are not', () => {
      for (const [name, content] of Object.entries(fixtures)) {
        const sample = content.slice(0, 65_536);
        expect([name, formats().find((each) => each.sniff(sample))?.name]).toEqual([
          name,
          asked ? undefined : format.name,
        ]);
        for (const length of [0, 1, 20, 200]) format.sniff(sample.slice(0, length));
      }
      for (const [name, content] of Object.entries({
        ...others,
        nothing: '',
        prose: 'hello\nworld\n',
        json: '{"a":1}\n{"a":2}\n',
        csv: 'a,b,c\n1,2,3\n',
        binary: '\u0000\u0001\ufffd'.repeat(50),
      }))
        expect([name, format.sniff(content)]).toEqual([name, false]);
    });

    test('whatever a record has become: an event in strict shape, skipped, or refused with a reason; never slow', () => {
      fc.assert(
        fc.property(mutants(records), (record) => {
          expectSound(read(record));
          expect(leastMs(() => read(record))).toBeLessThan(SLOW_MS);
          expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
        }),
        { numRuns: 1500 },
      );
      for (const value of HOSTILE) expectSound(read(value));
    });

    test('no secret that stands in a record comes out', () => {
      const leaking: string[] = [];
      for (const record of records.slice(0, 60)) {
        for (const path of places(record)) {
          if (typeof at(record, path) !== 'string') continue;
          for (const secret of SECRETS) {
            const out = JSON.stringify(read(put(record, path, secret)));
            if (bare(secret).some((raw) => out.includes(raw)))
              leaking.push(`${path.join('.')}: ${secret.slice(0, 12)}`);
          }
        }
      }
      expect(leaking).toEqual([]);
    });

    test('a file cut off anywhere is read up to there', () => {
      fc.assert(
        fc.property(
          fc.constantFrom(...Object.values(fixtures)),
          fc.double({ min: 0, max: 1, noNaN: true }),
          (content, share) => {
            for (const raw of cut(format, content.slice(0, Math.floor(content.length * share))))
              if ('record' in raw) expectSound(read(raw.record));
              else expect(raw.reason).toMatch(/\w/);
          },
        ),
        { numRuns: 100 },
      );
    });
  });
}
