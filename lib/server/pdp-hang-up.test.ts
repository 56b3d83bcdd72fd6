// A caller that hangs up before its answer never got to act: nothing of it counts.
import net from 'node:net';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { pool } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { verify } from '@/lib/decisions/verify';
import { admin, ask, bearer, endAll, type Pdp, question, startTwo } from '@/lib/server/testing-pdp';

const db = testDatabase();
let one: Pdp;

beforeAll(async () => {
  [one] = await startTwo(db.url);
}, 60_000);
afterAll(endAll);

const counter = async (key: string): Promise<{ settled: bigint; revision: bigint }> =>
  (await pool().query(`select settled, revision from exposures where meter = 'paid_24h' and key = $1`, [key])).rows[0];

const warm = () => ask(one, question('svc-gone', 'gone', 'g1', 1, { dry_run: true }));

test('a reservation is given back when the socket is gone before the first byte of the answer', async () => {
  await expect.poll(async () => (await warm()).body.decision, { timeout: 10_000 }).toBe(true);
  expect((await ask(one, question('svc-gone', 'gone', 'g1', 100))).body.decision).toBe(true);
  expect(await counter('gone')).toMatchObject({ settled: 10_000n });

  // Somebody else holds the row, so the decision waits while its caller hangs up.
  const holder = new pg.Client(db.url);
  await holder.connect();
  await holder.query('begin');
  await holder.query(`select 1 from exposures where meter = 'paid_24h' and key = 'gone' for update`);
  const body = JSON.stringify(question('svc-gone', 'gone', 'g1', 250));
  const { port } = new URL(one.url);
  const socket = net.connect(Number(port), '127.0.0.1');
  let answered = '';
  socket.on('data', (chunk) => {
    answered += chunk;
  });
  socket.write(
    `POST /access/v1/evaluation HTTP/1.1\r\nHost: pdp\r\nContent-Type: application/json\r\nAuthorization: Bearer ${bearer}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
  await expect
    .poll(async () => {
      const waiting = await pool().query(
        `select 1 from pg_stat_activity where wait_event_type = 'Lock' and application_name like 'braid pdp%'`,
      );
      return waiting.rowCount;
    })
    .toBeGreaterThan(0);
  socket.resetAndDestroy();
  await holder.query('rollback');
  await holder.end();

  await expect
    .poll(
      async () =>
        (
          await pool().query(`select l.kind, l.settled from ledger_entries l join exposures e on e.id = l.exposure_id
      where e.meter = 'paid_24h' and e.key = 'gone' order by l.revision`)
        ).rows,
      { timeout: 30_000 },
    )
    .toEqual([
      { kind: 'settle', settled: 10_000n },
      { kind: 'settle', settled: 25_000n },
      { kind: 'release', settled: -25_000n },
    ]);
  expect(answered).toBe('');
  expect(await counter('gone')).toMatchObject({ settled: 10_000n });
  expect((await verify(admin)).problems).toEqual([]);
}, 30_000);
