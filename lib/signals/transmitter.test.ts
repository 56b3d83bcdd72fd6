// Braid as a transmitter, over HTTP, against a receiver that knows the standards alone: the checklist of the CAEP
// interoperability profile, and every call of the stream management API with its statuses.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { testDatabase } from '@/lib/db/testing';
import { RISK_LEVEL_CHANGE, SESSION_REVOKED, STREAM_UPDATED, VERIFICATION } from '@/lib/signals/event-model';
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
const POLL = 'urn:ietf:rfc:8936';

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

describe('the transmitter says what it is', () => {
  test('metadata holds what the profile wants, and no claim that would be empty', async () => {
    const metadata = (await (await fetch(`${braid.url}/.well-known/ssf-configuration`)).json()) as Record<
      string,
      unknown
    >;
    expect(metadata).toMatchObject({
      spec_version: '1_0',
      issuer: braid.url,
      delivery_methods_supported: [PUSH, POLL],
      authorization_schemes: [{ spec_urn: 'urn:ietf:rfc:6749' }],
      default_subjects: 'ALL',
    });
    for (const name of [
      'jwks_uri',
      'configuration_endpoint',
      'status_endpoint',
      'verification_endpoint',
      'add_subject_endpoint',
      'remove_subject_endpoint',
    ])
      expect(String(metadata[name])).toMatch(/^http/);
    expect(Object.values(metadata).filter((value) => Array.isArray(value) && value.length === 0)).toEqual([]);
  });

  test('keys are RSA of at least 2048 bits, and nothing private is among them', async () => {
    const { keys } = (await (await fetch(`${braid.url}/api/ssf/jwks`)).json()) as { keys: Record<string, string>[] };
    expect(keys.length).toBeGreaterThan(0);
    for (const key of keys) {
      expect(Object.keys(key).sort()).toEqual(['alg', 'e', 'kid', 'kty', 'n', 'use']);
      expect(Buffer.from(key.n!, 'base64url').length * 8).toBeGreaterThanOrEqual(2048);
    }
  });
});

describe('access', () => {
  const ask = async (form: Record<string, string>) => {
    const answer = await fetch(`${braid.url}/api/ssf/token`, { method: 'POST', body: new URLSearchParams(form) });
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  };

  test('client credentials give a token for an hour at most, with the scopes asked for', async () => {
    const { clientId, clientSecret } = await register();
    const right = { grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret };
    const given = await ask({ ...right, scope: 'ssf.read' });
    expect(given).toMatchObject({ status: 200, body: { token_type: 'Bearer', scope: 'ssf.read' } });
    expect(given.body.expires_in).toBeLessThanOrEqual(3600);
    expect(await ask({ ...right, client_secret: 'x' })).toMatchObject({
      status: 401,
      body: { error: 'invalid_client' },
    });
    expect(await ask({ ...right, grant_type: 'password' })).toMatchObject({
      status: 400,
      body: { error: 'unsupported_grant_type' },
    });
    expect(await ask({ ...right, scope: 'admin' })).toMatchObject({ status: 400, body: { error: 'invalid_scope' } });
  });

  test('nothing without a token, nothing with one in the address, no change with one for reading', async () => {
    const added = await register();
    const reading = await clientOf(braid.url, added, 'ssf.read');
    for (const [method, path] of [
      ['GET', 'streams'],
      ['POST', 'streams'],
      ['POST', 'status'],
      ['POST', 'verify'],
      ['POST', 'poll/019a0000-0000-7000-8000-000000000000'],
    ] as const) {
      const answer = await fetch(`${braid.url}/api/ssf/${path}?access_token=x`, { method });
      expect([method, path, answer.status]).toEqual([method, path, 401]);
      expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer/);
    }
    expect((await reading('GET', 'streams')).status).toBe(200);
    const refused = await Promise.all([
      reading('POST', 'streams', {}),
      reading('PATCH', 'streams', { stream_id: 'x' }),
      reading('DELETE', 'streams?stream_id=x'),
      reading('POST', 'status', { stream_id: 'x', status: 'paused' }),
      reading('POST', 'subjects/add', {}),
    ]);
    expect(refused.map(({ status }) => status)).toEqual([403, 403, 403, 403, 403]);
    await braid.ask('changeReceiver', { id: added.id, state: 'disabled' });
    expect((await reading('GET', 'streams')).status).toBe(401);
  });
});

describe('streams', () => {
  test('are created, read, changed, replaced and deleted', async () => {
    const client = await receiver();
    expect((await client('GET', 'streams')).body).toEqual([]);
    const push = { method: PUSH, endpoint_url: 'http://127.0.0.1:9/events', authorization_header: 'Bearer abc' };
    const made = await client('POST', 'streams', {
      delivery: push,
      events_requested: [SESSION_REVOKED, 'https://x.example/y'],
      description: 'one',
    });
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({
      iss: braid.url,
      events_requested: [SESSION_REVOKED, 'https://x.example/y'],
      events_delivered: [SESSION_REVOKED],
      delivery: { method: PUSH, endpoint_url: push.endpoint_url },
      description: 'one',
    });
    expect(JSON.stringify(made.body)).not.toContain('Bearer abc');
    const { stream_id: id } = made.body;
    expect((await client('GET', `streams?stream_id=${id}`)).body).toEqual(made.body);
    const patched = await client('PATCH', 'streams', { ...made.body, stream_id: id, description: 'two' });
    expect([patched.status, patched.body]).toEqual([200, { ...made.body, description: 'two' }]);
    const put = await client('PUT', 'streams', { stream_id: id, delivery: { method: POLL } });
    expect(put.status).toBe(200);
    expect(put.body.description).toBeUndefined();
    expect(put.body.events_requested).toBeUndefined();
    expect(put.body.events_delivered.length).toBe(5);
    expect(put.body.delivery.method).toBe(POLL);
    expect((await client('GET', 'streams')).body).toEqual([put.body]);
    expect((await client('DELETE', `streams?stream_id=${id}`)).status).toBe(204);
    expect((await client('GET', `streams?stream_id=${id}`)).status).toBe(404);
    expect((await client('DELETE', `streams?stream_id=${id}`)).status).toBe(404);
  });

  test('are refused with what is wrong', async () => {
    const client = await receiver({ streamsMost: 1, ownNetwork: false });
    const bad = [
      { delivery: { method: 'urn:x' } },
      { delivery: { method: PUSH } },
      { delivery: { method: PUSH, endpoint_url: 'http://127.0.0.1:1/' } },
      { events_requested: 'all' },
    ];
    for (const body of bad) expect((await client('POST', 'streams', body)).status).toBe(400);
    const first = await client('POST', 'streams', {});
    expect([first.status, first.body.delivery.method]).toEqual([201, POLL]);
    expect((await client('POST', 'streams', {})).status).toBe(409);
    const id = first.body.stream_id;
    expect((await client('PATCH', 'streams', { stream_id: id, aud: 'https://other.example' })).status).toBe(400);
    expect((await client('PATCH', 'streams', { description: 'x' })).status).toBe(400);
    expect((await client('PATCH', 'streams', { stream_id: '019a0000-0000-7000-8000-000000000000' })).status).toBe(404);
  });

  test('of another receiver are not there', async () => {
    const { id, at } = await polled(await receiver());
    const other = await receiver();
    const tried = await Promise.all([
      other('GET', `streams?stream_id=${id}`),
      other('PATCH', 'streams', { stream_id: id, description: 'mine' }),
      other('PUT', 'streams', { stream_id: id }),
      other('DELETE', `streams?stream_id=${id}`),
      other('GET', `status?stream_id=${id}`),
      other('POST', 'status', { stream_id: id, status: 'disabled' }),
      other('POST', 'subjects/add', { stream_id: id, subject: { format: 'email', email: 'a@b.example' } }),
      other('POST', 'subjects/remove', { stream_id: id, subject: { format: 'email', email: 'a@b.example' } }),
      other('POST', 'verify', { stream_id: id }),
      other('POST', at, {}),
    ]);
    expect(tried.map(({ status }) => status)).toEqual(Array(10).fill(404));
  });
});

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
    const began = Date.now();
    await braid.ask('request', { kind: 'terminate', sessionIds: [sessionId] });
    expect(Object.keys((await waiting).body.sets)).toHaveLength(1);
    expect(Date.now() - began).toBeLessThan(10_000);
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

describe('one click is one txn', () => {
  test('revoked: its sessions, its account, each of its credentials and its risk; given back: the account and the risk', async () => {
    const client = await receiver();
    const { at } = await polled(client);
    const name = `svc-payments-${receivers}`;
    const identityId = await rows.identity(name);
    await rows.credential(identityId, 'AKIA1', 'access_key');
    await rows.credential(identityId, 'serial-7', 'certificate');
    await braid.ask('request', {
      kind: 'revoke',
      identityId,
      reasonCode: 'suspected_theft',
      reason: 'Seen from two networks',
    });
    const told = await pollNow(client, at);
    expect(events(told)).toEqual([
      'session-revoked',
      'account-disabled',
      'credential-change',
      'credential-change',
      'risk-level-change',
    ]);
    expect(new Set(told.map(({ txn }) => txn)).size).toBe(1);
    for (const one of told) expect(one.sub_id).toEqual({ format: 'iss_sub', iss: braid.url, sub: name });
    for (const one of told) {
      const [, payload] = eventOf(one);
      expect(payload).toMatchObject({ reason_admin: { en: 'Seen from two networks' }, initiating_entity: 'admin' });
      expect(Math.abs(Number(payload.event_timestamp) - Date.now() / 1000)).toBeLessThan(60);
    }
    expect(told.slice(2, 4).map((one) => eventOf(one)[1])).toMatchObject([
      { credential_type: 'api-key', change_type: 'revoke', friendly_name: 'AKIA1' },
      { credential_type: 'x509', change_type: 'revoke', friendly_name: 'serial-7' },
    ]);
    expect(eventOf(told[4]!)[1]).toMatchObject({ principal: 'USER', previous_level: 'LOW', current_level: 'HIGH' });
    await client('POST', at, { maxEvents: 0, ack: told.map(({ jti }) => jti) });
    await braid.ask('request', { kind: 'restore', identityId, reasonCode: 'wanted_again' });
    const after = await pollNow(client, at);
    expect(events(after)).toEqual(['account-enabled', 'risk-level-change']);
    expect(eventOf(after[1]!)[1]).toMatchObject({ previous_level: 'HIGH', current_level: 'LOW' });
    expect(after[0]!.txn).toBe(after[1]!.txn);
    expect(after[0]!.txn).not.toBe(told[0]!.txn);
  });

  test('sessions of several identities ended together share it', async () => {
    const client = await receiver();
    const { at } = await polled(client);
    const ids = await Promise.all(['x', 'y'].map((one) => rows.identity(`svc-${one}-${receivers}`)));
    const sessionIds = await Promise.all(ids.map((id, i) => rows.session(id, `many-${i}-${receivers}`)));
    await braid.ask('request', { kind: 'terminate', sessionIds });
    const told = await pollNow(client, at);
    expect(events(told)).toEqual(['session-revoked', 'session-revoked']);
    expect(told[0]!.txn).toBe(told[1]!.txn);
    expect(told.map((one) => (one.sub_id as { format: string }).format)).toEqual(['complex', 'complex']);
  });

  test('a severe finding makes its identity HIGH, and a closed one gives that back', async () => {
    const client = await receiver();
    const { at } = await polled(client, { events_requested: [RISK_LEVEL_CHANGE] });
    const identityId = await rows.identity(`svc-risk-${receivers}`);
    const given = {
      identityId,
      severity: 'high',
      title: 'Limit crossed together',
      summary: 's',
      sessions: [],
      decisions: [],
    };
    const { id } = await braid.ask<{ id: string }>('createFinding', given);
    const [up] = await pollNow(client, at);
    expect(eventOf(up!)[1]).toMatchObject({ current_level: 'HIGH', risk_reason: 'Limit crossed together' });
    expect(await rows.query('select risk from identities where id = $1', [identityId])).toEqual([{ risk: 'HIGH' }]);
    await client('POST', at, { maxEvents: 0, ack: [up!.jti] });
    await braid.ask('closeFinding', { id, disposition: 'false_positive', reason: 'a drill' });
    expect(eventOf((await pollNow(client, at))[0]!)[1]).toMatchObject({ previous_level: 'HIGH', current_level: 'LOW' });
  });
});

test('keys are rotated: the new one is shown before it signs, at once where it has to be', async () => {
  const kids = async () =>
    ((await (await fetch(`${braid.url}/api/ssf/jwks`)).json()) as { keys: { kid: string }[] }).keys.map(
      ({ kid }) => kid,
    );
  const client = await receiver();
  const { id, at } = await polled(client);
  const before = await kids();
  const { id: next } = await braid.ask<{ id: string }>('rotateKey', { atOnce: false });
  expect((await kids()).sort()).toEqual([...before, next].sort());
  await client('POST', 'verify', { stream_id: id, state: 'x' });
  const token = async () =>
    Object.values((await client('POST', at, { returnImmediately: true })).body.sets as Record<string, string>)[0]!;
  const kidOf = (text: string) => JSON.parse(Buffer.from(text.split('.')[0]!, 'base64url').toString()).kid as string;
  expect(before).toContain(kidOf(await token()));
  const { id: now } = await braid.ask<{ id: string }>('rotateKey', { atOnce: true });
  expect(await kids()).toEqual([now]);
  expect(kidOf(await token())).toBe(now);
  await verified(braid.url, await token());
});
