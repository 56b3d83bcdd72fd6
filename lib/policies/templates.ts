import fs from 'node:fs';
import path from 'node:path';
import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { projectRoot } from '@/lib/platform/env';
import { check } from '@/lib/policies/check';
import { isTest } from '@/lib/policies/is-test';
import type { Template } from '@/lib/policies/life-model';
import { merge } from '@/lib/policies/merge';
import { readDir } from '@/lib/policies/read-dir';

const FOLDER = 'docs/examples/policies';

/** The policy sets that come with Braid, to begin one's own with: those with fixtures, by name. */
export function templates(ctx: Ctx): Template[] {
  authorise(ctx, 'console.read');
  const root = path.join(projectRoot(), FOLDER);
  if (!fs.existsSync(root)) return [];
  return fs
    .readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name }): Template[] => {
      const files = readDir(path.join(root, name));
      const tests = files.filter((file) => isTest(file.name));
      const source = merge(files);
      const { document } = check(source);
      if (!document || !tests.length) return [];
      const counts = { rules: document.rules.length, meters: Object.keys(document.meters).length };
      return [{ name, description: document.description ?? '', source, tests, ...counts }];
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}
