import { expect, test, vi } from 'vitest';
import { createOperator } from '@/lib/access/create-operator';
import { endOperatorSession } from '@/lib/access/end-operator-session';
import type { Ctx } from '@/lib/access/model';
import { signIn } from '@/lib/access/sign-in';
import { prisma } from '@/lib/db/client';
import { hint } from '@/lib/db/hint';
import { testDatabase } from '@/lib/db/testing';
import { transaction } from '@/lib/db/transaction';
import { liveResponse } from '@/lib/http/live';

testDatabase();

const ctx: Ctx = { actor: { kind: 'cli', name: 'cli:test' } };
const PASSWORD = 'a long enough password';

async function session(email: string): Promise<string> {
  await createOperator(ctx, { email, name: 'Watcher', role: 'viewer', password: PASSWORD });
  return signIn({ input: { email, password: PASSWORD }, ip: '10.7.0.1' });
}

/** Reads the stream into a growing text; `until` waits for what is in it, and fails without. */
function watch(sessionId: string) {
  const abort = new AbortController();
  const response = liveResponse(sessionId, abort.signal);
  const seen = { text: '', over: false };
  const reading = (async () => {
    for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>)
      seen.text += new TextDecoder().decode(chunk);
    seen.over = true;
  })();
  const until = (found: () => boolean) => vi.waitFor(() => expect(found()).toBe(true), { timeout: 30_000 });
  return { response, seen, until, abort, reading };
}

test('a hint of a committed transaction arrives, one that was rolled back does not; bursts come as one', async () => {
  const stream = watch(await session('a@example.com'));
  expect(stream.response.headers.get('x-accel-buffering')).toBe('no');
  await stream.until(() => stream.seen.text.includes('"connected":true')); // listening, and said so before the first heartbeat
  expect(stream.seen.text).not.toContain('"connected":false'); // the first connection of all is being made, not lost
  await transaction(async (tx) => {
    await hint(tx, 'never', []);
    throw new Error('rolled back');
  }).catch(() => undefined);
  await transaction(async (tx) => {
    for (let i = 0; i < 20; i += 1) await hint(tx, 'session', [`s${i}`]);
    await hint(tx, 'finding', []);
  });
  await stream.until(() => stream.seen.text.includes('"topic":"finding"'));
  const events = stream.seen.text.split('\n\n').filter((event) => event.includes('"topic":"session"'));
  expect(events).toHaveLength(1);
  expect(events[0]).toContain('"s0","s1"');
  expect(stream.seen.text).not.toContain('never');
  stream.abort.abort();
  await stream.reading;
});

test('ending the operator session ends its stream, and no other', async () => {
  const [ended, other] = [await session('b@example.com'), await session('c@example.com')];
  const [gone, stays] = [watch(ended), watch(other)];
  await endOperatorSession(ctx, { id: ended });
  await gone.until(() => gone.seen.over);
  expect(gone.seen.text).toContain('event: ended');
  expect(stays.seen.over).toBe(false);
  stays.abort.abort();
  await stays.reading;
});

test('a lost connection is opened again, and every browser is told to look again', async () => {
  const stream = watch(await session('d@example.com'));
  await stream.until(() => stream.seen.text.includes('"connected":true'));
  const before = stream.seen.text.length;
  await prisma().$queryRaw`select pg_terminate_backend(pid) from pg_stat_activity
    where application_name = 'braid live' and datname = current_database()`;
  await stream.until(() => stream.seen.text.slice(before).includes('"topic":"*"'));
  await transaction((tx) => hint(tx, 'revocation', ['r1']));
  await stream.until(() => stream.seen.text.includes('"r1"'));
  expect(stream.seen.text.slice(before)).toMatch(/"connected":false.*"connected":true/s);
  stream.abort.abort();
  await stream.reading;
});
