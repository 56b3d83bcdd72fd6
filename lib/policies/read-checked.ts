import { BraidError } from '@/lib/platform/errors';
import { check } from '@/lib/policies/check';
import { isTest } from '@/lib/policies/is-test';
import type { TestFile } from '@/lib/policies/life-model';
import { merge } from '@/lib/policies/merge';
import type { PolicyDocument, Problem } from '@/lib/policies/model';

/** A policy set that holds together, with its fixtures. */
export interface Readable {
  source: string;
  document: PolicyDocument;
  /** Absent: nothing was said about fixtures. */
  tests: TestFile[] | undefined;
}

/** Problems as the details of an error. */
export const problemDetails = (problems: Problem[]) =>
  problems.map((problem) => ({
    path: `${problem.file ? `${problem.file} ` : ''}line ${problem.line}, column ${problem.column}${problem.path ? ` (${problem.path})` : ''}`,
    message: problem.message,
    code: problem.code,
  }));

/** Reads a source, or a folder's files: policies and fixtures apart. Throws `policy.invalid` with every problem at its place. */
export function readChecked(given: { source: string; tests?: TestFile[] } | { files: TestFile[] }): Readable {
  const folder = 'files' in given;
  const { problems, document } = check(folder ? given.files.filter((file) => !isTest(file.name)) : given.source);
  if (!document) {
    const first = problems[0]!;
    throw new BraidError('policy.invalid', `The policy set has problems. Line ${first.line}: ${first.message}`, {
      detail: problemDetails(problems),
    });
  }
  return {
    source: folder ? merge(given.files) : given.source,
    document,
    tests: folder ? given.files.filter((file) => isTest(file.name)) : given.tests,
  };
}
