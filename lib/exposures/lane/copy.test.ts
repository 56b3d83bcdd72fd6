// What is written as rows of a binary COPY is what PostgreSQL reads, whatever the values; an error in it is an error of its
// own and leaves the connection as it was.
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { databaseUrl, pool } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { PackingClient, type Statement, send, sendCopy } from '@/lib/exposures/lane/send';

testDatabase();
let client: PackingClient;
beforeAll(async () => {
  client = new PackingClient({ connectionString: databaseUrl(), types: pool().options.types, pipeline: true } as never);
  await client.connect();
  await client.query(
    'create temp table copied (n int primary key, id uuid, word text, big bigint, yes bool, at timestamptz, raw bytea)',
  );
});
afterAll(() => client.end());

const COPY: Statement = { name: 'copy_copied', text: 'copy copied from stdin (format binary)' };
const ONE: Statement = { name: 'one', text: 'select count(*)::int as n from copied', rows: true };

const row = fc.record({
  id: fc.option(fc.uuid()),
  word: fc.option(fc.oneof(fc.string({ maxLength: 60 }), fc.string({ unit: 'grapheme', maxLength: 60 }))),
  big: fc.option(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })),
  yes: fc.boolean(),
  at: fc.integer({ min: -30_000_000_000_000, max: 9_000_000_000_000 }),
  raw: fc.option(fc.uint8Array({ maxLength: 50 })),
});
type Row = typeof row extends fc.Arbitrary<infer T> ? T : never;

const copy = (rows: Row[], from = 0) =>
  sendCopy(client, COPY, (into) => {
    for (const [at, { id, word, big, yes, at: ms, raw }] of rows.entries())
      into
        .row(7)
        .int(from + at)
        .uuid(id)
        .text(word)
        .bigint(big)
        .bool(yes)
        .timestamptz(ms)
        .bytea(raw);
  });

test('every value arrives as it was', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(row, { maxLength: 40 }), async (all) => {
      const rows = all.map((one) => ({ ...one, word: one.word?.replaceAll('\0', '') ?? null }));
      await client.query('truncate copied');
      await copy(rows);
      const found = await client.query('select id, word, big, yes, at, raw from copied order by n');
      expect(found.rows).toEqual(
        rows.map((one) => ({ ...one, at: new Date(one.at), raw: one.raw === null ? null : Buffer.from(one.raw) })),
      );
    }),
    { numRuns: 40 },
  );
});

test('among statements sent together, a row that is refused fails its COPY and what follows; the connection goes on', async () => {
  await client.query('truncate copied');
  await send(client, ONE); // prepared, so that it can be sent together
  const plain = { id: null, word: 'a', big: 1n, yes: true, at: 0, raw: null };
  const [first, refused, behind, after] = client.pack(() => [
    copy([plain, plain]),
    copy([plain], 1),
    send(client, ONE),
    client.query('select 1 as n'),
  ]);
  await expect(refused).rejects.toMatchObject({ code: '23505' });
  await expect(behind).rejects.toMatchObject({ code: '23505' });
  await first;
  expect((await after!).rows).toEqual([{ n: 1 }]);
  // One sync, one transaction: nothing of it stands.
  expect((await send(client, ONE)).rows).toEqual([{ n: 0 }]);
});
