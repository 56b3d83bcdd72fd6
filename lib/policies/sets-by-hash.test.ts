import pg from 'pg';
import { expect, test } from 'vitest';
import { pool } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { sourceOf } from '@/lib/exposures/who/store';
import { sha256Hex } from '@/lib/platform/ids';
import { apply } from '@/lib/policies/apply';
import { setsByHash } from '@/lib/policies/sets-by-hash';

const db = testDatabase();

test('a source that is not what its hash says is not there: what was changed behind our back decides nothing', async () => {
  const source =
    'set: straight\ndefault: deny\nrules:\n  - id: only-reading # naïve\n    allow: action.name == "read"\n';
  await apply({ actor: { kind: 'cli', name: 'cli:test' } }, { source });
  const client = new pg.Client({ connectionString: db.url });
  await client.connect();
  try {
    expect(await sourceOf(client, sha256Hex(source))).toBe(source);
    await pool().query(`update policy_sets set source = replace(source, 'deny', 'allow') where name = 'straight'`);
    expect(await sourceOf(client, sha256Hex(source))).toBeNull();
    expect(await setsByHash([sha256Hex(source)])).toEqual([]);
  } finally {
    await client.end();
  }
});
