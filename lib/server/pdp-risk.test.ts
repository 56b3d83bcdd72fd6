// What another system says of the risk of one session, and of a credential, read by a rule of a real decision point over HTTP.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { testDatabase } from '@/lib/db/testing';
import { apply } from '@/lib/policies/apply';
import { check } from '@/lib/policies/check';
import { admin, ask, endAll, type Pdp, startTwo } from '@/lib/server/testing-pdp';
import * as events from '@/lib/signals/event-model';
import { type Braid, startBraid, stopAll } from '@/lib/signals/testing-braid';
import { until } from '@/lib/signals/testing-receiver';
import { type Rows, rowsOf } from '@/lib/signals/testing-rows';
import { type Foreign, foreignTransmitter } from '@/lib/signals/testing-transmitter';

const SOURCE = `set: risks
default: allow
rules:
  - id: session-at-risk
    deny: has(session.risk) && session.risk == "HIGH"
  - id: beside-one-at-risk
    deny: action.name == "export" && sessions.exists(s, has(s.risk) && s.risk != "LOW")
  - id: credential-at-risk
    deny: has(credential.risk) && credential.risk == "HIGH"
`;

const db = testDatabase();
let points: [Pdp, Pdp];
let braid: Braid;
let rows: Rows;
let idp: Foreign;

beforeAll(async () => {
  points = await startTwo(db.url);
  await apply(admin, { source: SOURCE });
  [braid, rows, idp] = await Promise.all([startBraid(db.url), rowsOf(db.url), foreignTransmitter()]);
  const source = { name: 'idp', issuer: idp.url, method: 'push', token: 'static', ownNetwork: true };
  const { id } = await braid.ask<{ id: string }>('addSource', source);
  // Nothing is ended: what a rule reads decides.
  await braid.ask('changeSource', { id, acts: { compromise: 'note', risk: 'note' } });
}, 120_000);
afterAll(async () => {
  stopAll();
  endAll();
  await Promise.all([rows?.end(), idp?.close()]);
});

let turn = 0;
/** null: allowed; else the rule that refused. */
async function refused(session: string, credential: string, action = 'read'): Promise<string | null> {
  turn += 1;
  const { body } = await ask(points[turn % 2]!, {
    subject: { type: 'service_account', id: 'svc' },
    action: { name: action },
    resource: { type: 'account', id: 'r' },
    context: { braid: { session: { id: session }, credential: { id: credential } } },
  });
  return body.decision ? null : (body.context as { braid: { rule_id: string } }).braid.rule_id;
}

async function told(event: string, payload: object, subject: object): Promise<void> {
  const claims = idp.claims(event, payload, subject);
  expect(await idp.push(idp.sign(claims))).toEqual({ status: 202, body: {} });
  await until(async () => {
    const { items } = await braid.ask<{ items: { jti: string; state: string }[] }>('listReceived', { limit: 50 });
    return items.find((row) => row.jti === claims.jti && row.state !== 'received');
  });
}

const user = () => ({ format: 'iss_sub', iss: idp.url, sub: 'svc' });
const sessionOf = (id: string) => ({ format: 'complex', user: user(), session: { format: 'opaque', id } });
const level = (current_level: string) => ({ principal: 'SESSION', current_level });

test('a risk said of one session refuses that one, on every decision point, until the other system says otherwise', async () => {
  expect([await refused('one', 'k1'), await refused('two', 'k2')]).toEqual([null, null]);
  await told(events.RISK_LEVEL_CHANGE, level('HIGH'), sessionOf('one'));
  for (const _ of points) expect(await refused('one', 'k1')).toBe('session-at-risk');
  for (const _ of points) expect(await refused('two', 'k2')).toBeNull();
  expect(await refused('two', 'k2', 'export')).toBe('beside-one-at-risk');
  // It is the session's, not the identity's.
  expect(await rows.query('select risk from identities')).toEqual([{ risk: null }]);
  await told(events.RISK_LEVEL_CHANGE, level('LOW'), sessionOf('one'));
  expect([await refused('one', 'k1'), await refused('two', 'k2', 'export')]).toEqual([null, null]);
});

test('a credential that is compromised refuses what is asked with it, and nothing else', async () => {
  const { id } = (await rows.query<{ id: string }>('select id from identities'))[0]!;
  await rows.credential(id, 'k1');
  await rows.credential(id, 'k2');
  expect([await refused('one', 'k1'), await refused('two', 'k2')]).toEqual([null, null]);
  await told(events.CREDENTIAL_COMPROMISE, { credential_type: 'api-key', credential_id: 'k1' }, user());
  for (const _ of points) expect(await refused('one', 'k1')).toBe('credential-at-risk');
  for (const _ of points) expect(await refused('two', 'k2')).toBeNull();
  // In a session that was not there before, too.
  expect(await refused('three', 'k1')).toBe('credential-at-risk');
});

test('the check knows both, and their type', () => {
  const problems = (deny: string) =>
    check(`set: x\ndefault: allow\nrules:\n  - id: r\n    deny: ${JSON.stringify(deny)}\n`).problems.map(
      (one) => one.message,
    );
  expect(problems('session.risk == "HIGH" && credential.risk == "HIGH"')).toEqual([]);
  expect(problems('session.risk > 3')).toHaveLength(1);
  expect(problems('credential.risky == "HIGH"')).toHaveLength(1);
});
