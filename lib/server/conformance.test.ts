// The AuthZEN certification scenario, over HTTP, against a real decision point on a real database.
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LEVELS } from '@/bench/conformance/case';
import { CASES, discover, runCase, type Target } from '@/bench/conformance/run';
import { pool } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { projectRoot } from '@/lib/platform/env';
import { newId, newSecret } from '@/lib/platform/ids';
import { apply } from '@/lib/policies/apply';
import { readDir } from '@/lib/policies/read-dir';
import { addToken, admin, endAll, startProcess } from '@/lib/server/testing-pdp';

const db = testDatabase();
let target: Target;

beforeAll(async () => {
  const token = `brd_${newSecret(24)}`;
  await addToken(newId(), token, ['decide']);
  await apply(admin, { files: readDir(path.join(projectRoot(), 'docs/examples/policies/authzen-certification')) });
  target = await discover((await startProcess(db.url)).url, token);
  // A process that has just started on a busy machine may answer its first question too late, and denies it then.
  for (let i = 0; i < 20 && (await runCase(target, CASES[0]!)).length > 0; i++) await setTimeout(500);
}, 60_000);
afterAll(endAll);

for (const level of LEVELS)
  describe(level, () => {
    for (const one of CASES.filter((each) => each.level === level))
      test(`${one.id}: ${one.title}`, async () => expect(await runCase(target, one)).toEqual([]));
  });

test('what was searched for is no decision, no session and no reservation', async () => {
  const count = async () =>
    (
      await pool().query(
        'select (select count(*) from decisions) + (select count(*) from sessions) + (select count(*) from identities) + (select count(*) from ledger_entries) as n',
      )
    ).rows[0].n;
  const before = await count();
  for (const one of CASES.filter((each) => each.level.startsWith('search'))) await runCase(target, one);
  expect(await count()).toBe(before);
});
