// Braid as a receiver, over HTTP, of a transmitter that is made of node:crypto alone: what it takes, what it refuses and how,
// and what follows from each event.
import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { testDatabase } from '@/lib/db/testing';
import * as events from '@/lib/signals/event-model';
import type { ReceivedRow, SourceRow } from '@/lib/signals/model';
import { type Braid, startBraid, stopAll } from '@/lib/signals/testing-braid';
import { until } from '@/lib/signals/testing-receiver';
import { type Rows, rowsOf } from '@/lib/signals/testing-rows';
import { type Foreign, foreignTransmitter } from '@/lib/signals/testing-transmitter';

const db = testDatabase();
let braid: Braid;
let rows: Rows;
let idp: Foreign;
let sourceId: string;

const listen = (issuer: string, name: string, more: object = {}) =>
  braid.ask<{ id: string }>('addSource', { name, issuer, method: 'push', token: 'static', ownNetwork: true, ...more });

beforeAll(async () => {
  [braid, rows, idp] = await Promise.all([startBraid(db.url), rowsOf(db.url), foreignTransmitter()]);
  sourceId = (await listen(idp.url, 'idp')).id;
});
afterAll(async () => {
  stopAll();
  await Promise.all([rows?.end(), idp?.close()]);
});

const user = (sub: string) => ({ format: 'iss_sub', iss: idp.url, sub });
const received = async (jti: unknown): Promise<ReceivedRow> =>
  until(async () => {
    const { items } = await braid.ask<{ items: ReceivedRow[] }>('listReceived', { limit: 200 });
    return items.find((row) => row.jti === jti && row.state !== 'received');
  });
/** Pushes an event and waits for what became of it. */
async function _told(event: string, payload: object, subject: object): Promise<ReceivedRow> {
  const claims = idp.claims(event, payload, subject);
  expect(await idp.push(idp.sign(claims))).toEqual({ status: 202, body: {} });
  return received(claims.jti);
}
const sessionState = async (id: string) =>
  (await rows.query<{ state: string }>('select state from sessions where id = $1', [id]))[0]!.state;

describe('what is refused, and how', () => {
  const ok = (more: object = {}) => idp.claims(events.SESSION_REVOKED, {}, user('nobody'), more);
  const without = (name: string) => Object.fromEntries(Object.entries(ok()).filter(([key]) => key !== name));
  const other = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
  const cases: [string, () => string, string][] = [
    ['no token', () => 'x', 'invalid_request'],
    ['another typ', () => idp.sign(ok(), { typ: 'JWT' }), 'invalid_request'],
    ['a key that is not shown', () => idp.sign(ok(), { kid: 'k2' }), 'invalid_key'],
    ['a secret for a signature', () => idp.sign(ok(), { alg: 'HS256' }), 'invalid_key'],
    [
      'no signature at all',
      () => `${idp.sign(ok(), { alg: 'none' }).split('.').slice(0, 2).join('.')}.`,
      'invalid_key',
    ],
    ['a signature that does not fit', () => idp.sign(ok(), {}, other), 'authentication_failed'],
    ['another issuer', () => idp.sign(ok({ iss: 'https://evil.example' })), 'invalid_issuer'],
    ['another audience', () => idp.sign(ok({ aud: 'https://other.example' })), 'invalid_audience'],
    ['a sub', () => idp.sign(ok({ sub: 'x' })), 'invalid_request'],
    ['an exp', () => idp.sign(ok({ exp: Math.floor(Date.now() / 1000) + 600 })), 'invalid_request'],
    ['the future', () => idp.sign(ok({ iat: Math.floor(Date.now() / 1000) + 3600 })), 'invalid_request'],
    ['no jti', () => idp.sign(without('jti')), 'invalid_request'],
    ['no subject', () => idp.sign(without('sub_id')), 'invalid_request'],
    ['a subject of no known format', () => idp.sign(ok({ sub_id: { format: 'nobody' } })), 'invalid_request'],
    [
      'two events',
      () => idp.sign(ok({ events: { [events.SESSION_REVOKED]: {}, [events.ACCOUNT_DISABLED]: {} } })),
      'invalid_request',
    ],
    ['no event', () => idp.sign(ok({ events: {} })), 'invalid_request'],
    [
      'an event without what it has to say',
      () => idp.sign(idp.claims(events.RISK_LEVEL_CHANGE, { current_level: 'AWFUL' }, user('x'))),
      'invalid_request',
    ],
  ];
  for (const [what, make, err] of cases)
    test(`${what}: ${err}`, async () => {
      const answer = await idp.push(make());
      expect([answer.status, answer.body.err]).toEqual([400, err]);
      const { items } = await braid.ask<{ items: ReceivedRow[] }>('listReceived', { state: 'refused', limit: 1 });
      expect(items[0]).toMatchObject({ err, sourceId });
    });

  test('without the authorization that was agreed on, of another type, or for nobody', async () => {
    const token = idp.sign(ok());
    expect(await idp.push(token, { authorization: 'Bearer x' })).toMatchObject({
      status: 400,
      body: { err: 'authentication_failed' },
    });
    expect(await idp.push(token, { 'content-type': 'application/json' })).toMatchObject({
      status: 400,
      body: { err: 'invalid_request' },
    });
    expect(
      (await fetch(`${braid.url}/api/ssf/receive/019a0000-0000-7000-8000-000000000000`, { method: 'POST' })).status,
    ).toBe(404);
  });

  test('the same token twice does what it says once', async () => {
    const id = await rows.identity('svc-twice');
    await rows.session(id, 'twice');
    const claims = idp.claims(events.SESSION_REVOKED, {}, user('svc-twice'));
    const token = idp.sign(claims);
    expect((await idp.push(token)).status).toBe(202);
    await received(claims.jti);
    const later = await rows.session(id, 'twice-later');
    expect((await idp.push(token)).status).toBe(202);
    expect(await rows.query('select count(*)::int as n from signals_in where jti = $1', [claims.jti])).toEqual([
      { n: 1 },
    ]);
    expect(await sessionState(later)).toBe('live');
  });
});

describe('the handshake', () => {
  test('is verified by the state that was asked for, and by no other', async () => {
    await braid.ask('verifySource', { id: sourceId });
    const { stream_id: id, state } = idp.verifications.at(-1)!;
    const subject = { format: 'opaque', id };
    const source = async () =>
      (await braid.ask<{ items: SourceRow[] }>('listSources')).items.find((one) => one.id === sourceId)!;
    const wrong = await idp.push(idp.sign(idp.claims(events.VERIFICATION, { state: 'other' }, subject)));
    expect([wrong.status, wrong.body.err]).toEqual([400, 'invalid_state']);
    expect((await source()).verifiedAt).toBeNull();
    expect((await idp.push(idp.sign(idp.claims(events.VERIFICATION, { state }, subject)))).status).toBe(202);
    expect((await source()).verifiedAt).not.toBeNull();
    const again = await idp.push(idp.sign(idp.claims(events.VERIFICATION, { state }, subject)));
    expect(again.body.err).toBe('invalid_state');
    expect((await idp.push(idp.sign(idp.claims(events.VERIFICATION, {}, subject)))).status).toBe(202);
  });

  test('what its transmitter says of the stream is shown', async () => {
    await idp.push(
      idp.sign(
        idp.claims(events.STREAM_UPDATED, { status: 'paused', reason: 'upgrade' }, { format: 'opaque', id: 'f1' }),
      ),
    );
    const [source] = (await braid.ask<{ items: SourceRow[] }>('listSources')).items;
    expect(source!.stateReason).toContain('paused: upgrade');
  });
});

test('polled: taken, acknowledged, and told what could not be used', async () => {
  const other = await foreignTransmitter();
  await listen(other.url, 'polled', { method: 'poll', pollSecs: 1 });
  const id = await rows.identity('svc-polled');
  const session = await rows.session(id, 'polled');
  const good = other.claims(events.SESSION_REVOKED, {}, { format: 'iss_sub', iss: other.url, sub: 'svc-polled' });
  const bad = other.claims(events.SESSION_REVOKED, {}, { format: 'iss_sub', iss: other.url, sub: 'x' }, { exp: 1 });
  other.queue.set(String(good.jti), other.sign(good));
  other.queue.set(String(bad.jti), other.sign(bad));
  await until(() => other.queue.size === 0);
  expect(other.acks).toEqual([good.jti]);
  expect(other.errors).toMatchObject({ [String(bad.jti)]: { err: 'invalid_request' } });
  await received(good.jti);
  expect(await sessionState(session)).toBe('ended');
  await other.close();
  await until(
    async () =>
      (await braid.ask<{ items: SourceRow[] }>('listSources')).items.find((one) => one.name === 'polled')!.health ===
      'failing',
  );
});
