import { type Checked, check } from '@/lib/policies/check';
import { isTest } from '@/lib/policies/is-test';

/** Checks the files of a policy folder without applying them; fixtures among them are left to `policy test`. */
export const checkDir = (files: { name: string; text: string }[]): Checked =>
  check(files.filter((file) => !isTest(file.name)));
