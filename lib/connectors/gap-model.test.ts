import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { GAP_IDS, GAPS } from '@/lib/connectors/gap-model';
import { projectRoot } from '@/lib/platform/env';

test('what each gap reads as is documented as it is', () => {
  const page = fs.readFileSync(path.join(projectRoot(), 'docs/connectors.md'), 'utf8');
  const rows = page.split('\n').flatMap((line) => {
    const cells = line.split('|').map((cell) => cell.trim());
    return /^G\d+$/.test(cells[1] ?? '') ? [[cells[1], cells[4]]] : [];
  });
  expect(rows).toEqual(GAP_IDS.map((id) => [id, GAPS[id].reads]));
});
