// How Braid hands over what it tells, over HTTP, to a receiver that knows the standards alone: in order, again until it is
// acknowledged, held while a stream is paused.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { testDatabase } from '@/lib/db/testing';
import { SESSION_REVOKED, STREAM_UPDATED, VERIFICATION } from '@/lib/signals/event-model';
import type { AddedReceiver } from '@/lib/signals/model';
import { type Braid, startBraid, stopAll } from '@/lib/signals/testing-braid';
import { type Claims, clientOf, eventOf, pushReceiver, until, verified } from '@/lib/signals/testing-receiver';
import { type Rows, rowsOf } from '@/lib/signals/testing-rows';

const db = testDatabase();
let braid: Braid;
let rows: Rows;
let receivers = 0;

beforeAll(async () => {
  braid = await startBraid(db.url);
  rows = await rowsOf(db.url);
});
afterAll(async () => {
  stopAll();
  await rows.end();
});

const PUSH = 'urn:ietf:rfc:8935';

const register = (more: object = {}): Promise<AddedReceiver> => {
  receivers += 1;
  return braid.ask('addReceiver', {
    name: `receiver ${receivers}`,
    audience: `https://rp${receivers}.example`,
    ownNetwork: true,
    ...more,
  });
};
const receiver = async (more: object = {}) => clientOf(braid.url, await register(more));
type Client = Awaited<ReturnType<typeof receiver>>;

async function pollNow(client: Client, at: string, more: object = {}): Promise<Claims[]> {
  const { body, status } = await client('POST', at, { returnImmediately: true, ...more });
  expect(status).toBe(200);
  return Promise.all(Object.values(body.sets as Record<string, string>).map((token) => verified(braid.url, token)));
}
const polled = async (client: Client, more: object = {}) => {
  const { body } = await client('POST', 'streams', more);
  return { id: body.stream_id as string, at: body.delivery.endpoint_url as string };
};
const events = (all: Claims[]) => all.map((one) => eventOf(one)[0].split('/').at(-1));

describe('delivery', () => {
  test('a stream is verified with its receiver’s state, and not too often', async () => {
    const client = await receiver();
    const { id, at } = await polled(client);
    expect((await client('POST', 'verify', { stream_id: id, state: 'VGhpcw' })).status).toBe(204);
    const again = await client('POST', 'verify', { stream_id: id });
    expect([again.status, Number(again.headers.get('retry-after')) > 0]).toEqual([429, true]);
    const [set] = await pollNow(client, at);
    expect(eventOf(set!)).toEqual([VERIFICATION, { state: 'VGhpcw' }]);
    expect(set!.sub_id).toEqual({ format: 'opaque', id });
  });

  test('what is polled comes again until it is acknowledged; errors are kept', async () => {
    const client = await receiver();
    const { at } = await polled(client);
    const identityId = await rows.identity(`svc-poll-${receivers}`);
    const keys = ['s1', 's2', 's3'].map((key) => `${key}-${receivers}`);
    for (const key of keys) {
      const sessionId = await rows.session(identityId, key);
      await braid.ask('request', { kind: 'terminate', sessionIds: [sessionId] });
    }
    const first = await pollNow(client, at);
    expect(first.map((one) => (one.sub_id as { session: { id: string } }).session.id)).toEqual(keys);
    expect((await pollNow(client, at)).map(({ jti }) => jti)).toEqual(first.map(({ jti }) => jti));
    const few = await client('POST', at, { returnImmediately: true, maxEvents: 1 });
    expect([Object.keys(few.body.sets), few.body.moreAvailable]).toEqual([[first[0]!.jti], true]);
    const setErrs = { [first[1]!.jti]: { err: 'invalid_request', description: 'no idea' } };
    expect((await client('POST', at, { maxEvents: 0, ack: [first[0]!.jti], setErrs })).body).toEqual({ sets: {} });
    expect((await pollNow(client, at)).map(({ jti }) => jti)).toEqual([first[2]!.jti]);
    expect(await rows.query('select state, error from signals_out where id = $1', [first[1]!.jti])).toEqual([
      { state: 'refused', error: setErrs[first[1]!.jti] },
    ]);
  });

  test('a waiting poll is answered as soon as there is something', async () => {
    const client = await receiver();
    const { at } = await polled(client);
    const identityId = await rows.identity(`svc-wait-${receivers}`);
    const sessionId = await rows.session(identityId, `w-${receivers}`);
    const waiting = client('POST', at, {});
    await braid.ask('request', { kind: 'terminate', sessionIds: [sessionId] });
    expect(Object.keys((await waiting).body.sets)).toHaveLength(1);
  });

  test('pushed with its receiver’s header, in order, again after trouble; what is refused is recorded', async () => {
    const target = await pushReceiver();
    const client = await receiver();
    const { body } = await client('POST', 'streams', {
      delivery: { method: PUSH, endpoint_url: target.url, authorization_header: 'Bearer s3cret' },
      events_requested: [SESSION_REVOKED],
    });
    const identityId = await rows.identity(`svc-push-${receivers}`);
    target.answers.push({ status: 400, body: { err: 'invalid_request', description: 'no idea' } }, { status: 503 });
    for (const key of ['p1', 'p2', 'p3'].map((one) => `${one}-${receivers}`)) {
      const sessionId = await rows.session(identityId, key);
      await braid.ask('request', { kind: 'terminate', sessionIds: [sessionId] });
      await until(() => target.got.length >= (key.startsWith('p1') ? 1 : 2));
    }
    await until(
      async () =>
        (
          await rows.query<{ f: number }>('select failures as f from signal_streams where id = $1', [body.stream_id])
        )[0]!.f > 0,
    );
    expect(target.got).toHaveLength(2); // the third waits behind the second, which is in trouble
    await rows.query('update signal_streams set held_until = null where id = $1', [body.stream_id]);
    await rows.query(`update signals_out set due_at = now() where stream_id = $1 and state = 'waiting'`, [
      body.stream_id,
    ]);
    await braid.ask('sweep');
    await until(() => target.got.length >= 4);
    const claims = await Promise.all(target.got.map(({ token }) => verified(braid.url, token)));
    const keys = claims.map((one) => (one.sub_id as { session: { id: string } }).session.id.slice(0, 2));
    expect(keys).toEqual(['p1', 'p2', 'p2', 'p3']);
    expect(claims[1]!.jti).toBe(claims[2]!.jti);
    for (const { headers } of target.got)
      expect(headers).toMatchObject({
        authorization: 'Bearer s3cret',
        'content-type': 'application/secevent+jwt',
        accept: 'application/json',
      });
    const states = () =>
      rows.query<{ state: string }>('select state from signals_out where stream_id = $1 order by id', [body.stream_id]);
    await until(async () => (await states()).every(({ state }) => state !== 'waiting'));
    expect((await states()).map(({ state }) => state)).toEqual(['refused', 'delivered', 'delivered']);
    await target.close();
  });

  test('paused holds in order, disabled drops, and a change that is not its receiver’s is told', async () => {
    const client = await receiver();
    const { id, at } = await polled(client, { events_requested: [SESSION_REVOKED] });
    const identityId = await rows.identity(`svc-status-${receivers}`);
    const end = async (key: string) =>
      braid.ask('request', { kind: 'terminate', sessionIds: [await rows.session(identityId, `${key}-${receivers}`)] });
    const status = (value: string, reason?: string) =>
      client('POST', 'status', { stream_id: id, status: value, ...(reason ? { reason } : {}) });
    expect((await status('asleep')).status).toBe(400);
    expect(await status('paused', 'maintenance')).toMatchObject({
      status: 200,
      body: { stream_id: id, status: 'paused', reason: 'maintenance' },
    });
    await end('a');
    await end('b');
    expect(await pollNow(client, at)).toEqual([]);
    expect((await client('GET', `status?stream_id=${id}`)).body).toEqual({
      stream_id: id,
      status: 'paused',
      reason: 'maintenance',
    });
    expect((await status('enabled')).body).toEqual({ stream_id: id, status: 'enabled' });
    const held = await pollNow(client, at);
    expect(held.map((one) => (one.sub_id as { session: { id: string } }).session.id)).toEqual([
      `a-${receivers}`,
      `b-${receivers}`,
    ]);
    await status('disabled');
    await end('c');
    await status('enabled');
    expect(await pollNow(client, at)).toEqual([]);
    await braid.ask('setStatus', { id, status: 'paused', reason: 'under attack' });
    const [told] = await pollNow(client, at);
    expect(eventOf(told!)).toEqual([STREAM_UPDATED, { status: 'paused', reason: 'under attack' }]);
    expect(told!.sub_id).toEqual({ format: 'opaque', id });
  });

  test('a receiver that has not shown itself for four weeks is paused, and told', async () => {
    const client = await receiver();
    const { id, at } = await polled(client);
    await rows.query(`update signal_streams set active_at = now() - interval '29 days' where id = $1`, [id]);
    await braid.ask('tidy');
    expect((await client('GET', `status?stream_id=${id}`)).body).toMatchObject({ status: 'paused' });
    expect(events(await pollNow(client, at))).toEqual(['stream-updated']);
  });

  test('subjects: all are in it; one that was removed is not told of until it is added', async () => {
    const client = await receiver();
    const { id, at } = await polled(client, { events_requested: [SESSION_REVOKED] });
    const name = `svc-subject-${receivers}`;
    const identityId = await rows.identity(name);
    const subject = { format: 'iss_sub', iss: braid.url, sub: name };
    const end = async () =>
      braid.ask('request', {
        kind: 'terminate',
        sessionIds: [await rows.session(identityId, `${name}-${Date.now()}`)],
      });
    expect((await client('POST', 'subjects/add', { stream_id: id, subject: { format: 'nobody' } })).status).toBe(400);
    expect((await client('POST', 'subjects/remove', { stream_id: id, subject })).status).toBe(204);
    await end();
    expect(await pollNow(client, at)).toEqual([]);
    const added = await client('POST', 'subjects/add', { stream_id: id, subject, verified: true });
    expect([added.status, added.body]).toEqual([200, undefined]);
    await end();
    expect(events(await pollNow(client, at))).toEqual(['session-revoked']);
  });
});
