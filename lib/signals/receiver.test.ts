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
async function told(event: string, payload: object, subject: object): Promise<ReceivedRow> {
  const claims = idp.claims(event, payload, subject);
  expect(await idp.push(idp.sign(claims))).toEqual({ status: 202, body: {} });
  return received(claims.jti);
}
const sessionState = async (id: string) =>
  (await rows.query<{ state: string }>('select state from sessions where id = $1', [id]))[0]!.state;
const identityRow = async (id: string) =>
  (
    await rows.query<{ state: string; risk: string | null }>('select state, risk from identities where id = $1', [id])
  )[0]!;

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

describe('what follows', () => {
  test('session-revoked of one session ends that one, of an identity all of them', async () => {
    const id = await rows.identity('svc-sessions');
    const [one, two, three] = await Promise.all(['k1', 'k2', 'k3'].map((key) => rows.session(id, key)));
    const session = {
      format: 'complex',
      user: user('svc-sessions'),
      session: { format: 'opaque', id: 'k1' },
      tenant: { format: 'opaque', id: 't' },
    };
    const row = await told(events.SESSION_REVOKED, { reason_admin: { en: 'Stolen' } }, session);
    expect(row).toMatchObject({ state: 'acted', reason: 'Stolen', identities: [{ name: 'svc-sessions' }] });
    expect(await Promise.all([one!, two!, three!].map(sessionState))).toEqual(['ended', 'live', 'live']);
    expect(row.revocationIds).toHaveLength(1);
    await told(events.SESSIONS_REVOKED, {}, user('svc-sessions'));
    expect(await Promise.all([two!, three!].map(sessionState))).toEqual(['ended', 'ended']);
    expect(await told(events.SESSION_REVOKED, {}, user('svc-sessions'))).toMatchObject({ state: 'noted' });
  });

  test('a session is meant by the jti of its token, and only on the device that is named', async () => {
    const id = await rows.identity('svc-device');
    const [one, two] = await Promise.all([
      rows.session(id, 'jti-7', { device: 'd1' }),
      rows.session(id, 'jti-8', { device: 'd2' }),
    ]);
    await told(events.SESSION_REVOKED, {}, { format: 'jwt_id', iss: idp.url, jti: 'jti-7' });
    expect([await sessionState(one), await sessionState(two)]).toEqual(['ended', 'live']);
    const elsewhere = { format: 'complex', user: user('svc-device'), device: { format: 'opaque', id: 'd9' } };
    expect(await told(events.SESSION_REVOKED, {}, elsewhere)).toMatchObject({ state: 'noted' });
    expect(await sessionState(two)).toBe('live');
  });

  test('an account that is disabled is paused, and resumed by whoever had it paused alone', async () => {
    const id = await rows.identity('svc-account');
    expect(await told(events.ACCOUNT_DISABLED, { reason: 'hijacking' }, user('svc-account'))).toMatchObject({
      state: 'acted',
    });
    expect(await identityRow(id)).toMatchObject({ state: 'paused', risk: 'HIGH' });
    expect(await told(events.ACCOUNT_ENABLED, {}, user('svc-account'))).toMatchObject({ state: 'acted' });
    expect((await identityRow(id)).state).toBe('active');
    await braid.ask('request', { kind: 'pause', identityId: id });
    expect(await told(events.ACCOUNT_ENABLED, {}, user('svc-account'))).toMatchObject({ state: 'noted' });
    expect((await identityRow(id)).state).toBe('paused');
  });

  test('a credential that is revoked ends the sessions that came by it, and no other', async () => {
    const id = await rows.identity('svc-credential');
    const credentialId = await rows.credential(id, 'AKIA9');
    const [by, beside] = await Promise.all([rows.session(id, 'c1', { credentialId }), rows.session(id, 'c2')]);
    const payload = { credential_type: 'api-key', change_type: 'revoke', friendly_name: 'AKIA9' };
    expect(await told(events.CREDENTIAL_CHANGE, payload, user('svc-credential'))).toMatchObject({ state: 'acted' });
    expect([await sessionState(by), await sessionState(beside)]).toEqual(['ended', 'live']);
    expect(await rows.query('select state from credentials where id = $1', [credentialId])).toEqual([
      { state: 'revoked' },
    ]);
    expect(
      await told(events.CREDENTIAL_CHANGE, { ...payload, friendly_name: 'other' }, user('svc-credential')),
    ).toMatchObject({ state: 'noted' });
  });

  test('risk stands on the identity where policies read it, and live sessions are asked again', async () => {
    const id = await rows.identity('svc-risky');
    const payload = { principal: 'USER', current_level: 'HIGH', risk_reason: 'IMPOSSIBLE_TRAVEL' };
    expect(await told(events.RISK_LEVEL_CHANGE, payload, user('svc-risky'))).toMatchObject({
      state: 'noted',
      reason: 'IMPOSSIBLE_TRAVEL',
    });
    expect((await identityRow(id)).risk).toBe('HIGH');
    const jobs = `select count(*)::int as n from graphile_worker._private_jobs j join graphile_worker._private_tasks t on t.id = j.task_id
      where t.identifier = 'reevaluate-sessions' and j.payload::text like $1`;
    expect((await rows.query<{ n: number }>(jobs, [`%${id}%`]))[0]!.n).toBeGreaterThan(0);
    expect(await rows.query('select severity, detector from findings where identity_id = $1', [id])).toEqual([
      { severity: 'high', detector: 'shared-signal' },
    ]);
    await told(
      events.RISK_LEVEL_CHANGE,
      { principal: 'USER', current_level: 'LOW', previous_level: 'HIGH' },
      user('svc-risky'),
    );
    expect((await identityRow(id)).risk).toBe('LOW');
  });

  test('claims and device posture stand on the sessions where policies read them', async () => {
    const id = await rows.identity('svc-posture');
    const session = await rows.session(id, 'posture-1');
    const subject = { format: 'complex', user: user('svc-posture'), session: { format: 'opaque', id: 'posture-1' } };
    await told(
      events.DEVICE_COMPLIANCE_CHANGE,
      { previous_status: 'compliant', current_status: 'not-compliant' },
      subject,
    );
    await told(
      events.TOKEN_CLAIMS_CHANGE,
      { claims: { scope: 'read' } },
      { format: 'jwt_id', iss: idp.url, jti: 'posture-1' },
    );
    expect(await rows.query('select posture, scope from sessions where id = $1', [session])).toEqual([
      { posture: 'not-compliant', scope: 'read' },
    ]);
  });

  test('a compromise pauses, and starts a playbook where that was agreed', async () => {
    const id = await rows.identity('svc-leaked');
    const acts = { compromise: 'pause', playbook: true };
    await braid.ask('changeSource', { id: sourceId, acts });
    expect(await told(events.CREDENTIAL_COMPROMISE, { credential_type: 'api-key' }, user('svc-leaked'))).toMatchObject({
      state: 'acted',
    });
    expect((await identityRow(id)).state).toBe('paused');
    expect(await rows.query('select count(*)::int as n from playbooks where identity_id = $1', [id])).toEqual([
      { n: 1 },
    ]);
    await braid.ask('changeSource', { id: sourceId, acts: { account: 'note' } });
    const other = await rows.identity('svc-noted');
    expect(await told(events.ACCOUNT_DISABLED, {}, user('svc-noted'))).toMatchObject({ state: 'noted' });
    expect((await identityRow(other)).state).toBe('active');
    await braid.ask('changeSource', { id: sourceId, acts: {} });
  });

  test('nothing follows from nothing: unknown names, nobody’s sessions, parts that share nothing, what is critical and not understood', async () => {
    const id = await rows.identity('svc-safe');
    const session = await rows.session(id, 'safe');
    expect(await told(events.ACCOUNT_DISABLED, {}, user('svc-unknown'))).toMatchObject({
      state: 'unmatched',
      identities: [],
    });
    expect(await told(events.SESSION_REVOKED, {}, { format: 'opaque', id: 'svc-unknown' })).toMatchObject({
      state: 'unmatched',
    });
    expect(
      await told(events.SESSION_REVOKED, {}, { format: 'complex', tenant: { format: 'opaque', id: 't' } }),
    ).toMatchObject({ state: 'unmatched' });
    // Another namespace of Braid can't be named from outside.
    expect(
      await told(events.ACCOUNT_DISABLED, {}, { format: 'iss_sub', iss: 'default', sub: 'svc-safe' }),
    ).toMatchObject({ state: 'unmatched' });
    const critical = { format: 'complex', user: user('svc-safe'), group: { format: 'opaque', id: 'g' } };
    const row = await told(events.SESSION_REVOKED, {}, critical);
    expect([row.state, row.outcome]).toEqual(['unmatched', expect.stringContaining('critical')]);
    expect(await told('https://x.example/else', {}, user('svc-safe'))).toMatchObject({ state: 'ignored' });
    expect([await sessionState(session), (await identityRow(id)).state]).toEqual(['live', 'active']);
  });

  test('an identity is known by its e-mail address, by several names at once, and by another issuer’s', async () => {
    const id = await rows.identity('robot', { issuer: 'default', externalId: 'robot@example.com' });
    await rows.query(
      `insert into identity_aliases (issuer, type, external_id, identity_id, reason) values ('https://login.example', 'sub', '0042', $1, 'test')`,
      [id],
    );
    for (const subject of [
      { format: 'email', email: 'robot@example.com' },
      { format: 'iss_sub', iss: 'https://login.example', sub: '0042' },
      {
        format: 'aliases',
        identifiers: [
          { format: 'opaque', id: 'no' },
          { format: 'email', email: 'robot@example.com' },
        ],
      },
    ]) {
      const session = await rows.session(id, JSON.stringify(subject));
      expect(await told(events.SESSION_REVOKED, {}, subject)).toMatchObject({ state: 'acted' });
      expect(await sessionState(session)).toBe('ended');
    }
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
