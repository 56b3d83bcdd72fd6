import { BraidError } from '@/lib/platform/errors';
import { type Checked, check } from '@/lib/policies/check';
import { merge } from '@/lib/policies/merge';

/** Checks the files of a policy folder without applying them. */
export function checkDir(files: { name: string; text: string }[]): Checked {
  try {
    return check(merge(files));
  } catch (error) {
    if (!(error instanceof BraidError)) throw error;
    return { ok: false, problems: [{ line: 1, column: 1, path: '', message: error.publicMessage }] };
  }
}
