// Braid as a transmitter, over HTTP, against a receiver that knows the standards alone: the checklist of the CAEP
// interoperability profile, and every call of the stream management API with its statuses.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { testDatabase } from '@/lib/db/testing';
import { SESSION_REVOKED } from '@/lib/signals/event-model';
import type { AddedReceiver } from '@/lib/signals/model';
import { type Braid, startBraid, stopAll } from '@/lib/signals/testing-braid';
import { type Claims, clientOf, verified } from '@/lib/signals/testing-receiver';
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

async function _pollNow(client: Client, at: string, more: object = {}): Promise<Claims[]> {
  const { body, status } = await client('POST', at, { returnImmediately: true, ...more });
  expect(status).toBe(200);
  return Promise.all(Object.values(body.sets as Record<string, string>).map((token) => verified(braid.url, token)));
}
const polled = async (client: Client, more: object = {}) => {
  const { body } = await client('POST', 'streams', more);
  return { id: body.stream_id as string, at: body.delivery.endpoint_url as string };
};

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
