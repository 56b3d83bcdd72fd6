// What test files import as `vitest` while mutants are judged: the tests are collected once and can then be run one by one,
// any number of times, in one process. Assertions are vitest's own.
import {
  ASYMMETRIC_MATCHERS_OBJECT,
  chai,
  GLOBAL_EXPECT,
  JestAsymmetricMatchers,
  JestChaiExpect,
  JestExtend,
  setState,
} from '@vitest/expect';

type Body = () => unknown;
interface Scope {
  before: Body[];
  after: Body[];
  beforeEach: Body[];
  afterEach: Body[];
}
export interface Collected {
  id: string;
  file: string;
  scopes: Scope[];
  body: Body;
}

const newScope = (): Scope => ({ before: [], after: [], beforeEach: [], afterEach: [] });

export const collected: Collected[] = [];
let scopes: Scope[] = [newScope()];
let names: string[] = [];
let file = '';

/** Says which file the tests that follow are of. */
export function beginFile(name: string): void {
  file = name;
  names = [];
  scopes = [newScope()];
}

function add(name: string, ...rest: unknown[]): void {
  const body = rest.find((one): one is Body => typeof one === 'function');
  const id = [file, ...names, name].join(' > ');
  const same = collected.filter((one) => one.id === id || one.id.startsWith(`${id} #`)).length;
  if (body) collected.push({ id: same ? `${id} #${same}` : id, file, scopes: [...scopes], body });
}

function group(name: string, ...rest: unknown[]): void {
  const body = rest.find((one): one is Body => typeof one === 'function');
  const outer = { scopes, names };
  scopes = [...scopes, newScope()];
  names = [...names, name];
  body?.();
  ({ scopes, names } = outer);
}

type Adder = (name: string, ...rest: unknown[]) => void;
const nothing: Adder = () => {};
const withVariants = (adder: Adder) =>
  Object.assign(adder, {
    skip: nothing,
    todo: nothing,
    skipIf: (no: unknown) => (no ? nothing : adder),
    runIf: (yes: unknown) => (yes ? adder : nothing),
    each:
      (rows: readonly unknown[]) =>
      (name: string, body: (...args: unknown[]) => unknown): void => {
        for (const [at, row] of rows.entries())
          adder(`${name} [${at}]`, () => (Array.isArray(row) ? body(...row) : body(row)));
      },
  });

export const test = withVariants(add);
export const it = test;
export const describe = withVariants(group);
export const beforeAll = (body: Body): void => void scopes.at(-1)!.before.push(body);
export const afterAll = (body: Body): void => void scopes.at(-1)!.after.unshift(body);
export const beforeEach = (body: Body): void => void scopes.at(-1)!.beforeEach.push(body);
export const afterEach = (body: Body): void => void scopes.at(-1)!.afterEach.unshift(body);
export const inject = (name: string): string => process.env[`MUTATION_${name}`] ?? '';

chai.use(JestExtend);
chai.use(JestChaiExpect);
chai.use(JestAsymmetricMatchers);
const globals = globalThis as unknown as Record<string | symbol, object>;
export const expect = Object.assign(
  (value: unknown, message?: string) => chai.expect(value, message),
  chai.expect,
  globals[ASYMMETRIC_MATCHERS_OBJECT],
) as unknown as Parameters<typeof setState>[1];
setState({ assertionCalls: 0, currentTestName: '' }, expect);
globals[GLOBAL_EXPECT] = expect;

/** Whether what is done before its tests ties them together: then they are run in their order, from the first. */
export const isTied = (name: string): boolean =>
  collected.some((one) => one.file === name && one.scopes.some((scope) => scope.before.length || scope.after.length));

/** Runs these tests, of one file, in this order, and stops at the first that fails: answers it. */
export async function run(tests: Collected[], begins: (test: Collected | null) => void): Promise<Collected | null> {
  const entered: Scope[] = [];
  let failed: Collected | null = null;
  for (const one of tests) {
    try {
      begins(null);
      for (const scope of one.scopes) {
        if (entered.includes(scope)) continue;
        entered.push(scope);
        for (const body of scope.before) await body();
      }
      begins(one);
      for (const scope of one.scopes) for (const body of scope.beforeEach) await body();
      try {
        await one.body();
      } finally {
        for (const scope of one.scopes.toReversed()) for (const body of scope.afterEach) await body();
      }
    } catch (error) {
      if (process.env.MUTATION_SAY === 'all')
        process.stderr.write(`${one.id}: ${String((error as Error).stack).slice(0, 3000)}\n`);
      failed = one;
      break;
    }
  }
  begins(null);
  for (const scope of entered.toReversed())
    for (const body of scope.after)
      try {
        await body();
      } catch {
        failed ??= tests.at(-1) ?? null;
      }
  return failed;
}
