import { sha256Hex } from '@/lib/platform/ids';
import { check } from '@/lib/policies/check';
import { compileDocument } from '@/lib/policies/compile-document';
import type { CompiledSet } from '@/lib/policies/compiled-model';
import { playFixture } from '@/lib/policies/play-fixture';
import { readTests } from '@/lib/policies/read-tests';
import type { TestReport } from '@/lib/policies/test-model';

interface Given {
  /** One source, or the files of a folder (without fixtures). */
  policies: string | { name: string; text: string }[];
  tests: { name: string; text: string }[];
}

/**
 * Runs fixtures on a policy set in memory: the same judging as production, with a clock, identities and sessions of their
 * own. A set in shadow is run as if it were enforced. Problems of policies or fixtures come back and nothing is run. Pure.
 */
export function runTests({ policies, tests }: Given): TestReport {
  const { problems, document } = check(policies);
  const read = tests.map(readTests);
  const wrong = [...problems, ...read.flatMap((one) => one.problems)];
  if (!document || wrong.length)
    return { ok: false, set: document?.set ?? null, problems: wrong, tests: [], unfired: [] };
  const body = compileDocument({ ...document, mode: 'enforce' }, () => undefined);
  const set: CompiledSet = { ...body, version: 0, hash: sha256Hex(JSON.stringify(document)) };
  const fired = new Set<string>();
  const results = read.flatMap((one) => one.fixtures).map((fixture) => playFixture(fixture, set, fired));
  return {
    ok: results.every((one) => one.ok),
    set: document.set,
    problems: [],
    tests: results,
    unfired: set.rules.filter((rule) => !fired.has(rule.id)).map((rule) => rule.id),
  };
}
