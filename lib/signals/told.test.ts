// What Braid tells others when access ends: one click is one transaction. Checked over HTTP by a receiver that knows the
// standards alone.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { testDatabase } from '@/lib/db/testing';
import { RISK_LEVEL_CHANGE } from '@/lib/signals/event-model';
import type { AddedReceiver } from '@/lib/signals/model';
import { type Braid, startBraid, stopAll } from '@/lib/signals/testing-braid';
import { type Claims, clientOf, eventOf, verified } from '@/lib/signals/testing-receiver';
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

  test('paused: its sessions end and its account is closed, whatever its risk was before; resumed: it is open again', async () => {
    const client = await receiver();
    const { at } = await polled(client);
    const identityId = await rows.identity(`svc-paused-${receivers}`);
    const why = { severity: 'critical', title: 'Stolen', summary: 's', sessions: [], decisions: [] };
    await braid.ask('createFinding', { identityId, ...why });
    const [risen] = await pollNow(client, at);
    await client('POST', at, { maxEvents: 0, ack: [risen!.jti] });
    await braid.ask('request', { kind: 'pause', identityId, reasonCode: 'suspected_theft', reason: 'Looked into' });
    const told = await pollNow(client, at);
    expect(events(told)).toEqual(['session-revoked', 'account-disabled']);
    expect(new Set(told.map(({ txn }) => txn)).size).toBe(1);
    for (const one of told) {
      expect(one.sub_id).toEqual({ format: 'iss_sub', iss: braid.url, sub: `svc-paused-${receivers}` });
      expect(eventOf(one)[1]).toMatchObject({ reason_admin: { en: 'Looked into' }, initiating_entity: 'admin' });
    }
    await client('POST', at, { maxEvents: 0, ack: told.map(({ jti }) => jti) });
    await braid.ask('request', { kind: 'resume', identityId, reasonCode: 'wanted_again' });
    expect(events(await pollNow(client, at))).toEqual(['account-enabled']);
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
