// Events that name no credential, playbooks they start, and claims that change: over HTTP, from a transmitter made of node:crypto alone.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { testDatabase } from '@/lib/db/testing';
import * as events from '@/lib/signals/event-model';
import type { ReceivedRow } from '@/lib/signals/model';
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

test('revoked without a name, the only credential of its type is meant; of several what came by any of them ends', async () => {
  const id = await rows.identity('svc-unnamed');
  const [key, other] = await Promise.all([rows.credential(id, 'AKIA1'), rows.credential(id, 'pw', 'password')]);
  const [by, beside] = await Promise.all([
    rows.session(id, 'u1', { credentialId: key }),
    rows.session(id, 'u2', { credentialId: other }),
  ]);
  const payload = { credential_type: 'api-key', change_type: 'revoke' };
  expect(await told(events.CREDENTIAL_CHANGE, payload, user('svc-unnamed'))).toMatchObject({ state: 'acted' });
  expect([await sessionState(by), await sessionState(beside)]).toEqual(['ended', 'live']);
  expect(await rows.query('select state from credentials where id = $1', [key])).toEqual([{ state: 'revoked' }]);
  const more = await Promise.all(['AKIA2', 'AKIA3'].map((name) => rows.credential(id, name)));
  const opened = await Promise.all(more.map((credentialId, n) => rows.session(id, `u${n + 3}`, { credentialId })));
  await told(events.CREDENTIAL_CHANGE, payload, user('svc-unnamed'));
  expect(await Promise.all([...opened, beside].map(sessionState))).toEqual(['ended', 'ended', 'live']);
  const states = await rows.query('select distinct state from credentials where id = any($1)', [more]);
  expect(states).toEqual([{ state: 'active' }]); // which of them it was is not known
});

test.each<[string, string, object]>([
  ['session-revoked', events.SESSION_REVOKED, {}],
  ['credential-change', events.CREDENTIAL_CHANGE, { credential_type: 'api-key', change_type: 'update' }],
  ['risk-level-change', events.RISK_LEVEL_CHANGE, { principal: 'USER', current_level: 'MEDIUM' }],
  ['token-claims-change', events.TOKEN_CLAIMS_CHANGE, { claims: { role: 'ops' } }],
  [
    'device-compliance-change',
    events.DEVICE_COMPLIANCE_CHANGE,
    { previous_status: 'compliant', current_status: 'not-compliant' },
  ],
])('%s starts a playbook with the finding that says so, one of it', async (name, event, payload) => {
  const id = await rows.identity(`svc-book-${name}`);
  const sessionId = await rows.session(id, `book-${name}`);
  const books = () =>
    rows.query<{ findingId: string; sessions: string[] }>(
      `select p.finding_id as "findingId", f.detector, array(select jsonb_array_elements_text(f.evidence->'sessions')) as sessions
         from playbooks p left join findings f on f.id = p.finding_id where p.identity_id = $1`,
      [id],
    );
  await told(event, payload, user(`svc-book-${name}`));
  expect(await books()).toEqual([]); // not agreed
  await braid.ask('changeSource', { id: sourceId, acts: { playbook: true } });
  const later = name === 'session-revoked' ? await rows.session(id, `book-${name}-2`) : sessionId;
  await told(event, payload, user(`svc-book-${name}`));
  await told(event, payload, user(`svc-book-${name}`));
  expect(await books()).toEqual([
    { findingId: expect.any(String), detector: 'shared-signal', sessions: expect.arrayContaining([later]) },
  ]);
  await braid.ask('changeSource', { id: sourceId, acts: {} });
});

test('changed claims end or pause where that was agreed', async () => {
  const id = await rows.identity('svc-claims');
  const session = await rows.session(id, 'claims');
  await braid.ask('changeSource', { id: sourceId, acts: { claims: 'end' } });
  expect(await told(events.TOKEN_CLAIMS_CHANGE, { claims: { role: 'x' } }, user('svc-claims'))).toMatchObject({
    state: 'acted',
  });
  expect(await sessionState(session)).toBe('ended');
  await braid.ask('changeSource', { id: sourceId, acts: {} });
});
