import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, expect, test, vi } from 'vitest';
import type { Item } from '@/lib/decisions/request-model';

// A disk that is full in the middle of a line: what is answered afterwards is still found.

const home = fs.mkdtempSync(path.join(os.tmpdir(), 'braid-spool-'));
process.env.BRAID_HOME = home;
afterAll(() => fs.rmSync(home, { recursive: true, force: true }));

let full = false;
vi.mock('node:fs/promises', async (original) => {
  const real = (await original()) as typeof import('node:fs/promises');
  return {
    ...real,
    open: async (...given: Parameters<typeof real.open>) => {
      const handle = await real.open(...given);
      if (!full) return handle;
      full = false;
      const append = handle.appendFile.bind(handle);
      handle.appendFile = async (data) => {
        await append(String(data).slice(0, 10));
        throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
      };
      return handle;
    },
  };
});
const { spool, letSpoolGo, takeSpool } = await import('@/lib/decisions/spool');

test('what is kept after a line that was written half is kept whole', async () => {
  const item = (id: string) => ({ decisionId: id, asked: {} }) as Item;
  await spool([item('one')]);
  full = true;
  await expect(spool([item('half')])).rejects.toMatchObject({ code: 'state_unavailable' });
  await spool([item('two')]);
  await spool([item('three')]);
  const ids: string[] = [];
  for (let taken = takeSpool(); taken; taken = takeSpool()) {
    ids.push(...taken.items.map((each) => each.decisionId));
    letSpoolGo(taken, true);
  }
  expect(ids.sort()).toEqual(['one', 'three', 'two']);
});
