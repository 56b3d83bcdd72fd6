// The MUSTs of SSF 1.0 and of what it builds on (RFC 8417, 8935, 8936), over HTTP, that the other suites of this folder do not
// look at: every management call with every status its section names, what both sides have to ignore, and polling's corners.
// There is no run of the OpenID Foundation's own suite here; the sections are cited so that each can be looked up.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { testDatabase } from '@/lib/db/testing';
import { SESSION_REVOKED, VERIFICATION } from '@/lib/signals/event-model';
import type { AddedReceiver, ReceivedRow } from '@/lib/signals/model';
import { type Braid, startBraid, stopAll } from '@/lib/signals/testing-braid';
import { clientOf, eventOf, until, verified } from '@/lib/signals/testing-receiver';
import { type Rows, rowsOf } from '@/lib/signals/testing-rows';
import { type Foreign, foreignTransmitter } from '@/lib/signals/testing-transmitter';

const db = testDatabase();
let braid: Braid;
let rows: Rows;
let idp: Foreign;
let count = 0;

beforeAll(async () => {
  [braid, rows, idp] = await Promise.all([startBraid(db.url), rowsOf(db.url), foreignTransmitter()]);
  const source = { name: 'idp', issuer: idp.url, method: 'push', token: 'static', ownNetwork: true };
  await braid.ask('addSource', source);
});
afterAll(async () => {
  stopAll();
  await Promise.all([rows?.end(), idp?.close()]);
});

const NOBODY = '019a0000-0000-7000-8000-000000000000';
const register = (): Promise<AddedReceiver> => {
  count += 1;
  return braid.ask('addReceiver', { name: `r${count}`, audience: `https://rp${count}.example`, ownNetwork: true });
};
const receiver = async () => clientOf(braid.url, await register());
type Client = Awaited<ReturnType<typeof receiver>>;
async function polled(client: Client, more: object = {}): Promise<{ id: string; at: string }> {
  const { body } = await client('POST', 'streams', more);
  return { id: body.stream_id, at: body.delivery.endpoint_url };
}
const now = { returnImmediately: true };
const user = (sub: string) => ({ format: 'iss_sub', iss: idp.url, sub });

describe('the transmitter', () => {
  test('metadata: JSON, at the place its issuer says, each endpoint below it (7.1)', async () => {
    const answer = await fetch(`${braid.url}/.well-known/ssf-configuration`);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([
      200,
      expect.stringMatching(/^application\/json/),
    ]);
    const metadata = (await answer.json()) as Record<string, unknown>;
    expect(metadata.issuer).toBe(braid.url);
    for (const [name, value] of Object.entries(metadata)) {
      if (name.endsWith('_endpoint') || name === 'jwks_uri') expect(new URL(`${value}`).origin).toBe(braid.url);
      expect(Array.isArray(value) && value.length === 0).toBe(false);
    }
    const jwks = await fetch(`${metadata.jwks_uri}`);
    expect(jwks.headers.get('content-type')).toMatch(/^application\/(jwk-set\+)?json/);
  });

  test('every call with every status its section names (8.1.1 to 8.1.4)', async () => {
    const added = await register();
    const [client, reading] = [await clientOf(braid.url, added), await clientOf(braid.url, added, 'ssf.read')];
    const { id } = await polled(client);
    const subject = user('svc');
    const calls: [string, string, object | undefined][] = [
      ['GET', `streams?stream_id=${NOBODY}`, undefined],
      ['PATCH', 'streams', { stream_id: NOBODY, description: 'x' }],
      ['PUT', 'streams', { stream_id: NOBODY, delivery: { method: 'urn:ietf:rfc:8936' } }],
      ['DELETE', `streams?stream_id=${NOBODY}`, undefined],
      ['GET', `status?stream_id=${NOBODY}`, undefined],
      ['POST', 'status', { stream_id: NOBODY, status: 'paused' }],
      ['POST', 'subjects/add', { stream_id: NOBODY, subject }],
      ['POST', 'subjects/remove', { stream_id: NOBODY, subject }],
      ['POST', 'verify', { stream_id: NOBODY }],
      ['POST', `poll/${NOBODY}`, now],
    ];
    for (const [method, path, body] of calls) {
      expect([method, path, (await client(method, path, body)).status]).toEqual([method, path, 404]);
      const bare = await fetch(`${braid.url}/api/ssf/${path}`, { method });
      expect([method, path, bare.status]).toEqual([method, path, 401]);
      const changes = method !== 'GET' && !path.startsWith('poll');
      if (changes) expect([method, path, (await reading(method, path, body)).status]).toEqual([method, path, 403]);
    }
    const malformed: [string, string, object][] = [
      ['PATCH', 'streams', { description: 'of which?' }],
      ['PUT', 'streams', { delivery: { method: 'urn:ietf:rfc:8936' } }],
      ['PATCH', 'streams', { stream_id: id, iss: 'https://other.example' }],
      ['PATCH', 'streams', { stream_id: id, events_delivered: ['https://x.example/e'] }],
      ['POST', 'status', { stream_id: id, status: 'resting' }],
      ['POST', 'status', { status: 'paused' }],
      ['POST', 'subjects/add', { stream_id: id }],
      ['POST', 'subjects/add', { stream_id: id, subject: { format: 'no-format' } }],
      ['POST', 'subjects/remove', { stream_id: id, subject: { id: 'x' } }],
      ['POST', 'verify', { state: 'of which?' }],
      ['POST', `poll/${id}`, { maxEvents: -1 }],
      ['POST', `poll/${id}`, { ack: 'all' }],
    ];
    for (const [method, path, body] of malformed)
      expect([method, path, body, (await client(method, path, body)).status]).toEqual([method, path, body, 400]);
    expect((await client('POST', 'subjects/add', { stream_id: id, subject, verified: true })).status).toBe(200);
    expect((await client('POST', 'subjects/remove', { stream_id: id, subject })).status).toBe(204);
    // Nothing of it changed the stream.
    expect((await client('GET', `streams?stream_id=${id}`)).body).toMatchObject({ stream_id: id, iss: braid.url });
  });

  test('members it does not know are ignored, those it gives itself may be sent back as they are (8.1.1.3)', async () => {
    const client = await receiver();
    const made = await client('POST', 'streams', { format: 'x', unknown: { a: 1 }, description: 'one' });
    expect(made.status).toBe(201);
    expect(made.body.unknown).toBeUndefined();
    const patched = await client('PATCH', 'streams', { ...made.body, later: true, description: 'two' });
    expect([patched.status, patched.body]).toEqual([200, { ...made.body, description: 'two' }]);
    const status = { stream_id: made.body.stream_id, status: 'enabled', why: 'unknown' };
    expect((await client('POST', 'status', status)).status).toBe(200);
  });

  test('a verification without a state has none, and comes whatever the stream carries (8.1.4.1)', async () => {
    const client = await receiver();
    const { id, at } = await polled(client, { events_requested: [SESSION_REVOKED] });
    expect((await client('POST', 'verify', { stream_id: id })).status).toBe(204);
    const { sets } = (await client('POST', at, now)).body as { sets: Record<string, string> };
    const [set] = await Promise.all(Object.values(sets).map((token) => verified(braid.url, token)));
    expect(eventOf(set!)).toEqual([VERIFICATION, {}]);
    expect(set!.sub_id).toEqual({ format: 'opaque', id });
  });

  test('polling: an answer is JSON, what is acknowledged and unknown is passed over, each token is under its jti (RFC 8936)', async () => {
    const client = await receiver();
    const { id, at } = await polled(client);
    const empty = await client('POST', at, now);
    expect([empty.status, empty.body, empty.headers.get('content-type')]).toEqual([
      200,
      { sets: {} },
      expect.stringMatching(/^application\/json/),
    ]);
    await client('POST', 'verify', { stream_id: id, state: 'abc' });
    const unknown = { ack: [NOBODY], setErrs: { [NOBODY]: { err: 'invalid_key', description: 'x' } } };
    const got = (await client('POST', at, { ...now, ...unknown })).body as { sets: Record<string, string> };
    for (const [jti, token] of Object.entries(got.sets)) expect((await verified(braid.url, token)).jti).toBe(jti);
    const [jti] = Object.keys(got.sets);
    expect((await client('POST', at, { ...now, ack: [jti, jti] })).body).toEqual({ sets: {} });
    expect((await client('POST', at, { ...now, ack: [jti] })).body).toEqual({ sets: {} });
    const other = await receiver();
    expect((await other('POST', at, now)).status).toBe(404);
  });
});

describe('the receiver', () => {
  const taken = async (claims: Record<string, unknown>): Promise<ReceivedRow> => {
    expect(await idp.push(idp.sign(claims))).toEqual({ status: 202, body: {} });
    return until(async () => {
      const { items } = await braid.ask<{ items: ReceivedRow[] }>('listReceived', { limit: 50 });
      return items.find((row) => row.jti === claims.jti && row.state !== 'received');
    });
  };

  test('ignores claims and members it does not know, takes several audiences, and no txn (RFC 8417 2.2, SSF 4.1)', async () => {
    const id = await rows.identity('svc-lenient');
    const [one, two] = [await rows.session(id, 'lenient-1'), await rows.session(id, 'lenient-2')];
    const subject = (session: string) => ({
      format: 'complex',
      user: user('svc-lenient'),
      session: { format: 'opaque', id: session },
    });
    const { txn: _, ...bare } = idp.claims(
      SESSION_REVOKED,
      { reason_admin: { en: 'x' }, new_member: 1 },
      subject('lenient-1'),
    );
    expect(await taken({ ...bare, nbf: 1, vendor: { a: [1] } })).toMatchObject({ state: 'acted' });
    const { aud, ...several } = idp.claims(SESSION_REVOKED, {}, subject('lenient-2')) as Record<string, unknown>;
    const audiences = ['https://somebody-else.example', aud].flat();
    expect(await taken({ ...several, aud: audiences })).toMatchObject({ state: 'acted' });
    const states = await rows.query<{ state: string }>('select state from sessions where id = any($1)', [[one, two]]);
    expect(states.map((row) => row.state)).toEqual(['ended', 'ended']);
  });

  test('an event it does not know is taken and has no effect; so is one about a subject that was removed (8.1.3)', async () => {
    const id = await rows.identity('svc-strange');
    await rows.session(id, 'strange');
    const event = 'https://schemas.example/secevent/event-type/something-new';
    expect(await taken(idp.claims(event, { a: 1 }, user('svc-strange')))).toMatchObject({ state: 'ignored' });
    expect(await rows.query('select state from sessions where identity_id = $1', [id])).toEqual([{ state: 'live' }]);
    expect(await taken(idp.claims(SESSION_REVOKED, {}, user('svc-nobody')))).toMatchObject({ state: 'unmatched' });
  });

  test('an answer to what is refused says why, in JSON, in a language it names (RFC 8935 2.3)', async () => {
    const path = new URL(
      `${braid.url}/api/ssf/receive/${(await rows.query<{ id: string }>('select id from signal_sources'))[0]!.id}`,
    );
    const headers = {
      'content-type': 'application/secevent+jwt',
      authorization: 'Bearer nobody',
      accept: 'application/json',
    };
    const answer = await fetch(path, { method: 'POST', headers, body: 'x' });
    expect([answer.status, answer.headers.get('content-type'), answer.headers.get('content-language')]).toEqual([
      400,
      expect.stringMatching(/^application\/json/),
      'en',
    ]);
    expect(await answer.json()).toEqual({ err: expect.any(String), description: expect.any(String) });
  });
});
