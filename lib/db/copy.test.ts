import type { PoolClient } from 'pg';
import { expect, test } from 'vitest';
import { pool } from '@/lib/db/client';
import { copyField, copyIn } from '@/lib/db/copy';
import { testDatabase } from '@/lib/db/testing';

testDatabase();
const many = 60_000;
function* rows(bad?: number): Generator<string> {
  for (let n = 0; n < many; n++) yield n === bad ? 'none\tx\n' : `${n}\t${copyField(`täxt ${n} \t\\`)}\n`;
}

async function onTable<T>(work: (db: PoolClient) => Promise<T>): Promise<T> {
  const db = await pool().connect();
  try {
    await db.query('begin');
    await db.query('create temp table into_here (n int, t text) on commit drop');
    return await work(db);
  } finally {
    await db.query('rollback');
    db.release();
  }
}

test('rows come in whole, in pieces, while others are being made', async () => {
  await onTable(async (db) => {
    await copyIn(db, 'into_here (n, t)', rows());
    const { rows: found } = await db.query(
      'select count(*)::int as n, sum(n)::float8 as sum, max(t) as t from into_here',
    );
    expect(found).toMatchObject([{ n: many, sum: (many * (many - 1)) / 2 }]);
    expect((await db.query('select t from into_here where n = 7')).rows).toEqual([{ t: 'täxt 7 \t\\' }]);
    await copyIn(db, 'into_here (n, t)', []);
  });
});

test.each([0, many - 1])('a row that the server refuses is told, and the connection goes on: row %i', async (bad) => {
  await onTable(async (db) => {
    await db.query('savepoint before');
    await expect(copyIn(db, 'into_here (n, t)', rows(bad))).rejects.toMatchObject({ code: '22P02' });
    await db.query('rollback to before');
    expect((await db.query('select count(*)::int as n from into_here')).rows).toEqual([{ n: 0 }]);
  });
});

test('rows that can not be made are told as what went wrong, and nothing is stored', async () => {
  function* failing(): Generator<string> {
    yield* rows();
    throw new Error('no more');
  }
  await onTable(async (db) => {
    await db.query('savepoint before');
    await expect(copyIn(db, 'into_here (n, t)', failing())).rejects.toThrow('no more');
    await db.query('rollback to before');
    expect((await db.query('select count(*)::int as n from into_here')).rows).toEqual([{ n: 0 }]);
  });
});
