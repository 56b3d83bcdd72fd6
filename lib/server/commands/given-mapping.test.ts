import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { givenMapping } from '@/lib/server/commands/given-mapping';

test('--mapping is the file of that name, else the name of a kept one', () => {
  const dir = mkdtempSync(path.join(tmpdir(), 'braid-mapped-'));
  const file = path.join(dir, 'mine.yaml');
  writeFileSync(file, 'name: mine');
  expect(givenMapping('generic', file)).toEqual({ mappingText: 'name: mine' });
  expect(givenMapping('generic', 'tills')).toEqual({ mapping: 'tills' });
  expect(givenMapping('aws', undefined)).toBeUndefined();
  expect(() => givenMapping('generic', undefined)).toThrow('needs --mapping');
  expect(() => givenMapping('aws', 'tills')).toThrow('goes with format generic');
  expect(() => givenMapping('generic', './nowhere.yaml')).toThrow("can't be read");
  rmSync(dir, { recursive: true });
});
