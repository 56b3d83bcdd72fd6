// What follows from each event another system sends: over HTTP, from a transmitter that is made of node:crypto alone.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
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
const identityRow = async (id: string) =>
  (
    await rows.query<{ state: string; risk: string | null }>('select state, risk from identities where id = $1', [id])
  )[0]!;

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
    // Who ended it is the signal, and it leads there.
    const ended = await rows.query('select ended_by, end_reason from sessions where id = $1', [one]);
    expect(ended).toMatchObject([{ ended_by: 'signal', end_reason: expect.stringContaining('Stolen') }]);
    const [because] = await rows.query<{ id: string }>(
      'select signal_id as id from revocations where id = $1',
      row.revocationIds,
    );
    expect(await braid.ask('listReceived', { id: because!.id })).toMatchObject({ items: [{ jti: row.jti }] });
    await told(events.SESSIONS_REVOKED, {}, user('svc-sessions'));
    expect(await Promise.all([two!, three!].map(sessionState))).toEqual(['ended', 'ended']);
    expect(await told(events.SESSION_REVOKED, {}, user('svc-sessions'))).toMatchObject({ state: 'noted' });
  });

  test('a session that a caller declared is meant by the id it gave, and not in a namespace of somebody else', async () => {
    const [id, other] = await Promise.all(['svc-declared', 'svc-elsewhere'].map((name) => rows.identity(name)));
    const key = (...parts: string[]) => JSON.stringify(parts);
    const [one, two, like, foreign] = await Promise.all([
      rows.session(id!, key('default', 'service_account', 'svc-declared', 'sid-1')),
      rows.session(id!, key('default', 'service_account', 'svc-declared', 'sid-2')),
      rows.session(id!, key('default', 'service_account', 'svc-declared', 'x,"sid-1')),
      rows.session(other!, key('payroll', 'service_account', 'svc-elsewhere', 'sid-1')),
    ]);
    const named = { format: 'complex', user: user('svc-declared'), session: { format: 'opaque', id: 'sid-1' } };
    expect(await told(events.SESSION_REVOKED, {}, named)).toMatchObject({ state: 'acted' });
    const states = () => Promise.all([one!, two!, like!, foreign!].map(sessionState));
    expect(await states()).toEqual(['ended', 'live', 'live', 'live']);
    const alone = { format: 'complex', session: { format: 'opaque', id: 'sid-1' } };
    expect(await told(events.SESSION_REVOKED, {}, alone)).toMatchObject({ state: 'unmatched' });
    const second = { format: 'complex', session: { format: 'opaque', id: 'sid-2' } };
    expect(await told(events.SESSION_REVOKED, {}, second)).toMatchObject({ state: 'acted' });
    expect(await states()).toEqual(['ended', 'ended', 'live', 'live']);
  });

  test('a session is meant by the jti of its token, and only on the device that is named', async () => {
    const id = await rows.identity('svc-device');
    const [one, two] = await Promise.all([
      rows.session(id, 'q8Zr2hV0Lx7TnWc3Jd5Kj7', { device: 'd1' }),
      rows.session(id, 'q8Zr2hV0Lx7TnWc3Jd5Kj8', { device: 'd2' }),
    ]);
    await told(events.SESSION_REVOKED, {}, { format: 'jwt_id', iss: idp.url, jti: 'q8Zr2hV0Lx7TnWc3Jd5Kj7' });
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

  test('guardrails bound what another system has done here: whom never, and how often', async () => {
    const [never, first, second] = await Promise.all(
      ['payroll-never', 'svc-cap-a', 'svc-cap-b'].map((name) => rows.identity(name)),
    );
    const since = await rows.query<{ n: number }>(
      "select count(*)::int as n from responses where origin = 'policy' and state = 'done'",
    );
    const bounds = { never: ['payroll*'], policyCapPerHour: since[0]!.n + 1 };
    await rows.query("insert into settings (key, value) values ('guardrails', $1)", [JSON.stringify(bounds)]);
    try {
      const refused = { state: 'noted', outcome: expect.stringContaining('A guardrail refused it') };
      expect(await told(events.ACCOUNT_DISABLED, {}, user('payroll-never'))).toMatchObject(refused);
      expect(await told(events.ACCOUNT_DISABLED, {}, user('svc-cap-a'))).toMatchObject({ state: 'acted' });
      expect(await told(events.ACCOUNT_DISABLED, {}, user('svc-cap-b'))).toMatchObject(refused);
      const states = await Promise.all([never!, first!, second!].map(identityRow));
      expect(states.map(({ state }) => state)).toEqual(['active', 'paused', 'active']);
    } finally {
      await rows.query("delete from settings where key = 'guardrails'");
    }
  });

  test('a worker that was killed once the credential was written down leaves its sessions to the next', async () => {
    const id = await rows.identity('svc-half');
    const credentialId = await rows.credential(id, 'AKIA-HALF');
    const by = await rows.session(id, 'half', { credentialId });
    await rows.query("update credentials set state = 'revoked' where id = $1", [credentialId]);
    const payload = { credential_type: 'api-key', change_type: 'revoke', friendly_name: 'AKIA-HALF' };
    expect(await told(events.CREDENTIAL_CHANGE, payload, user('svc-half'))).toMatchObject({ state: 'acted' });
    expect(await sessionState(by)).toBe('ended');
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
    const session = await rows.session(id, 'q8Zr2hV0Lx7TnWc3Jd5Kp1');
    const subject = {
      format: 'complex',
      user: user('svc-posture'),
      session: { format: 'opaque', id: 'q8Zr2hV0Lx7TnWc3Jd5Kp1' },
    };
    await told(
      events.DEVICE_COMPLIANCE_CHANGE,
      { previous_status: 'compliant', current_status: 'not-compliant' },
      subject,
    );
    await told(
      events.TOKEN_CLAIMS_CHANGE,
      { claims: { scope: 'read' } },
      { format: 'jwt_id', iss: idp.url, jti: 'q8Zr2hV0Lx7TnWc3Jd5Kp1' },
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
    // A key that any system may use says nothing of who is meant.
    const loose = { format: 'complex', session: { format: 'opaque', id: 'safe' } };
    expect(await told(events.SESSION_REVOKED, {}, loose)).toMatchObject({ state: 'ambiguous', revocationIds: [] });
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
