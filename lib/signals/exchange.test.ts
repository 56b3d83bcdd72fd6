// Two Braids, two databases, two processes, HTTP between them: what is ended in one ends in the other, pushed and polled.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { testDatabase } from '@/lib/db/testing';
import type { AddedReceiver, ReceivedRow, ReceiverRow, SentRow, SourceRow } from '@/lib/signals/model';
import { type Braid, startBraid, stopAll } from '@/lib/signals/testing-braid';
import { until } from '@/lib/signals/testing-receiver';
import { type Rows, rowsOf } from '@/lib/signals/testing-rows';

const here = testDatabase();
const there = testDatabase();
let a: Braid;
let b: Braid;
let inA: Rows;
let inB: Rows;

/** `to` listens to `from`. */
async function connect(from: Braid, to: Braid, method: 'push' | 'poll', name: string): Promise<string> {
  const added = await from.ask<AddedReceiver>('addReceiver', {
    name,
    audience: `https://${name}.example`,
    ownNetwork: true,
  });
  const { clientId, clientSecret } = added;
  const given = { name, issuer: from.url, method, clientId, clientSecret, ownNetwork: true, pollSecs: 1 };
  return (await to.ask<{ id: string }>('addSource', given)).id;
}

beforeAll(async () => {
  [a, b] = await Promise.all([startBraid(here.url), startBraid(there.url)]);
  [inA, inB] = await Promise.all([rowsOf(here.url), rowsOf(there.url)]);
});
afterAll(async () => {
  stopAll();
  await Promise.all([inA?.end(), inB?.end()]);
});

const stateIn = async (rows: Rows, id: string) =>
  (await rows.query<{ state: string }>('select state from identities where id = $1', [id]))[0]!.state;
const ended = async (rows: Rows, id: string) =>
  (await rows.query<{ state: string }>('select state from sessions where id = $1', [id]))[0]!.state === 'ended';

for (const method of ['push', 'poll'] as const)
  test(`${method}: verified, a session ended, an identity revoked and restored`, async () => {
    const sourceId = await connect(a, b, method, `b-${method}`);
    const source = async () =>
      (await b.ask<{ items: SourceRow[] }>('listSources')).items.find((one) => one.id === sourceId)!;
    await b.ask('verifySource', { id: sourceId });
    await until(async () => (await source()).verifiedAt);
    const streamOf = async () =>
      (await a.ask<{ items: ReceiverRow[] }>('listReceivers')).items.find((one) => one.name === `b-${method}`)!
        .streams[0]!;
    await until(async () => (await streamOf()).verifiedAt);
    const stream = await streamOf();
    expect(stream).toMatchObject({ method, status: 'enabled', health: 'ok' });
    expect(stream.events.sort()).toEqual([
      'account-disabled',
      'account-enabled',
      'credential-change',
      'risk-level-change',
      'session-revoked',
    ]);

    const name = `svc-${method}`;
    const [idA, idB] = await Promise.all([inA.identity(name), inB.identity(name)]);
    const [one] = await Promise.all([inA.session(idA, `${method}-1`), inA.session(idA, `${method}-2`)]);
    const [same, other] = await Promise.all([inB.session(idB, `${method}-1`), inB.session(idB, `${method}-2`)]);
    await a.ask('request', { kind: 'terminate', sessionIds: [one], reason: 'Replayed token' });
    await until(() => ended(inB, same));
    expect(await ended(inB, other)).toBe(false);

    await a.ask('request', { kind: 'revoke', identityId: idA, reasonCode: 'compromise_confirmed' });
    await until(async () => (await stateIn(inB, idB)) === 'paused' && (await ended(inB, other)));
    await until(async () =>
      (await a.ask<{ items: SentRow[] }>('listSent', { streamId: stream.id })).items.every(
        ({ state }) => state === 'delivered',
      ),
    );
    const sent = (await a.ask<{ items: SentRow[] }>('listSent', { streamId: stream.id })).items;
    const got = (await b.ask<{ items: ReceivedRow[] }>('listReceived', { sourceId })).items;
    expect(got.map(({ txn }) => txn).sort()).toEqual(sent.map(({ txn }) => txn).sort());
    expect(got.map(({ outcome }) => outcome).join(' ')).toContain('paused 1 identity');

    await a.ask('request', { kind: 'restore', identityId: idA, reasonCode: 'wanted_again' });
    await until(async () => (await stateIn(inB, idB)) === 'active');
    await b.ask('removeSource', { id: sourceId });
    expect(
      (await a.ask<{ items: ReceiverRow[] }>('listReceivers')).items.find((one) => one.name === `b-${method}`)!.streams,
    ).toEqual([]);
  });

test('both listen to each other: one click has one txn in both, and it comes to rest', async () => {
  await connect(a, b, 'push', 'a-to-b');
  await connect(b, a, 'push', 'b-to-a');
  const [idA, idB] = await Promise.all([inA.identity('svc-loop'), inB.identity('svc-loop')]);
  await a.ask('request', { kind: 'revoke', identityId: idA });
  await until(async () => (await stateIn(inB, idB)) === 'paused');
  const count = async () => {
    const all = await Promise.all([a, b].map((one) => one.ask<{ items: SentRow[] }>('listSent', { limit: 200 })));
    return all.flatMap(({ items }) => items);
  };
  const quiet = async () => (await count()).every(({ state }) => state !== 'waiting');
  await until(quiet);
  await new Promise((resolve) => setTimeout(resolve, 1500));
  const before = await count();
  await new Promise((resolve) => setTimeout(resolve, 1500));
  expect((await count()).length).toBe(before.length);
  const byB = (await b.ask<{ items: SentRow[] }>('listSent', { limit: 200 })).items;
  const byA = (await a.ask<{ items: SentRow[] }>('listSent', { limit: 200 })).items;
  expect(byB.length).toBeGreaterThan(0);
  expect(byA.map(({ txn }) => txn)).toContain(byB[0]!.txn);
  expect(await stateIn(inA, idA)).toBe('revoked');
});

test('paused here, its transmitter is told; what it holds comes when it is taken up again', async () => {
  const sourceId = await connect(a, b, 'poll', 'resting');
  const [idA, idB] = await Promise.all([inA.identity('svc-rest'), inB.identity('svc-rest')]);
  const [one, same] = await Promise.all([inA.session(idA, 'rest'), inB.session(idB, 'rest')]);
  const status = async () =>
    (await a.ask<{ items: ReceiverRow[] }>('listReceivers')).items.find((each) => each.name === 'resting')!.streams[0]!
      .status;
  // The other stream between them would tell it as well.
  const others = (await b.ask<{ items: SourceRow[] }>('listSources')).items.filter((each) => each.id !== sourceId);
  for (const each of [...others.map(({ id }) => id), sourceId])
    await b.ask('changeSource', { id: each, state: 'paused' });
  expect(await status()).toBe('paused');
  await a.ask('request', { kind: 'terminate', sessionIds: [one] });
  await new Promise((resolve) => setTimeout(resolve, 1500));
  expect(await ended(inB, same)).toBe(false);
  await b.ask('changeSource', { id: sourceId, state: 'enabled' });
  expect(await status()).toBe('enabled');
  await until(() => ended(inB, same));
});
