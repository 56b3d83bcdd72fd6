// Where state can't be asked: a share given beforehand, spent without asking, reported, reconciled. Real decision point, shipped client.
import { generateKeyPairSync } from 'node:crypto';
import { SignJWT } from 'jose';
import { expect, test } from 'vitest';
import { blindReport } from '@/lib/allotments/blind-report';
import { expire } from '@/lib/allotments/expire';
import { list } from '@/lib/allotments/list';
import { Allotment, NotBelieved } from '@/lib/client/generated/client.mjs';
import { pool } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { verify } from '@/lib/decisions/verify';
import { expire as expireHolds } from '@/lib/exposures/expire';
import { giveBack } from '@/lib/replay/give-back';
import { admin } from '@/lib/server/testing-pdp';
import { now, pay, pointOf, pointsOn, standing, tokenOf } from '@/lib/server/testing-points';

pointsOn(testDatabase());

const given = async (amount: number, forSecs = 600) => {
  const { allotment } = await now.terminal.allot(pay(amount), { forSecs });
  return allotment!;
};

test('an allotment is carved from the global limit, spent without asking, and what is left is given back', async () => {
  const allotment = await given(600);
  expect(await standing()).toEqual(['0', '60000']);
  expect((await now.online.evaluate(pay(500))).reason).toBe('aggregate_value_exceeded');
  expect([allotment.spend('a', 250), allotment.spend('b', '300.50'), allotment.spend('c', 50)]).toEqual([
    true,
    true,
    false,
  ]);
  expect([allotment.spend('a', 250), allotment.spend('a', 1), allotment.remaining]).toEqual([true, false, '49.50']);
  expect(await now.terminal.reportAllotment(allotment)).toMatchObject({
    spent: '55050',
    returned: '4950',
    beyond: '0',
  });
  expect(await standing()).toEqual(['55050', '0']);
  expect(await now.terminal.reportAllotment(allotment)).toMatchObject({ spent: '55050' });
  expect((await now.online.evaluate(pay(449))).allowed).toBe(true);
  expect((await verify(admin)).problems).toEqual([]);
});

test('a retry is given the same allotment again, and a question under its key is another matter', async () => {
  const asked = async (path: string, body: object) => {
    const answer = await fetch(`${now.pdp.url}${path}`, {
      method: 'POST',
      headers: {
        Authorization: `Bearer ${tokenOf(now.terminal)}`,
        'Content-Type': 'application/json',
        'X-Request-ID': `retry-${now.account}`,
      },
      body: JSON.stringify(body),
    });
    return (await answer.json()) as { allotment: { id: string; token: string } };
  };
  const one = () => asked('/v1/allotments', { ...pay(600), for_secs: 600 });
  const [first, beside] = await Promise.all([one(), one()]);
  const later = await one();
  expect(new Set([first, beside, later].map((answer) => answer.allotment.token)).size).toBe(1);
  expect(await standing()).toEqual(['0', '60000']);
  expect(await asked('/access/v1/evaluation', pay(600))).toMatchObject({ decision: false });
  expect((await pool().query('select from allotments where id = $1', [first.allotment.id])).rowCount).toBe(1);
});

test('what is allotted is not given back when its session ends: it can still be spent', async () => {
  const { id } = await given(600);
  const { rows } = await pool().query<{ session_id: string }>(
    'select h.session_id from holds h join allotments a on a.hold_id = h.id where a.id = $1',
    [id],
  );
  await giveBack(admin, { sessionIds: [rows[0]!.session_id] });
  expect(await standing()).toEqual(['0', '60000']);
});

test('many at once never carve more than the limit', async () => {
  const asked = await Promise.all(Array.from({ length: 12 }, () => now.terminal.allot(pay(150), { forSecs: 60 })));
  expect(asked.filter((one) => one.allotment)).toHaveLength(6);
  expect(asked.find((one) => one.denied)!.denied).toMatchObject({ reason: 'aggregate_value_exceeded' });
  expect(await standing()).toEqual(['0', '90000']);
});

test('what is kept is opened again; what is forged, changed or somebody else’s is not believed', async () => {
  const allotment = await given(100);
  allotment.spend('a', 60);
  const again = await now.terminal.openAllotment(JSON.parse(JSON.stringify(allotment)));
  expect([again.remaining, again.spend('b', 41), again.spend('c', 40)]).toEqual(['40.00', false, true]);
  expect(again.spend('d', 0, { resource: { id: 'acct-other' } })).toBe(false);
  const { token } = JSON.parse(JSON.stringify(allotment)) as { token: string };
  const [head, body, signature] = token.split('.') as [string, string, string];
  const richer = Buffer.from(
    Buffer.from(body, 'base64url').toString().replace('"max":"10000"', '"max":"99999"'),
  ).toString('base64url');
  await expect(now.terminal.openAllotment(`${head}.${richer}.${signature}`)).rejects.toBeInstanceOf(NotBelieved);
  const { privateKey } = generateKeyPairSync('ed25519');
  const claims = JSON.parse(Buffer.from(body, 'base64url').toString());
  const header = JSON.parse(Buffer.from(head, 'base64url').toString());
  const forged = await new SignJWT(claims).setProtectedHeader(header).sign(privateKey);
  await expect(now.terminal.openAllotment(forged)).rejects.toBeInstanceOf(NotBelieved);
  await expect(now.terminal.openAllotment('nonsense')).rejects.toBeInstanceOf(NotBelieved);
  const keys = (await (await fetch(`${now.pdp.url}/.well-known/jwks.json`)).json()).keys;
  await expect(Allotment.open(token, { keys, issuer: 'https://elsewhere' })).rejects.toBeInstanceOf(NotBelieved);
  const stranger = await pointOf('offline');
  await expect(stranger.reportAllotment(allotment)).rejects.toMatchObject({ status: 404 });
});

test('overuse is counted and flagged; an allotment nobody reports counts as spent', async () => {
  const overused = await given(100);
  const spends = [{ ref: 'x', amount: '130' }];
  const reported = await fetch(`${now.pdp.url}/v1/allotments/${overused.id}/report`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${tokenOf(now.terminal)}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ spends }),
  });
  expect(await reported.json()).toMatchObject({ beyond: '3000', spent: '13000' });
  expect(await standing()).toEqual(['13000', '0']);
  const silent = await given(200);
  await pool().query(`update allotments set expires_at = now() where id = $1`, [silent.id]);
  await pool().query(`update holds set expires_at = now() where id = (select hold_id from allotments where id = $1)`, [
    silent.id,
  ]);
  expect(await expire({ actor: { kind: 'system', name: 'expiry' } })).toBe(1);
  await expireHolds({ actor: { kind: 'system', name: 'expiry' } });
  expect(await standing()).toEqual(['33000', '0']);
  expect((await list(admin, { limit: 50 })).items.slice(0, 2)).toMatchObject([
    { state: 'overdue', spent: '20000', over: '0' },
    { state: 'reported', spent: '13000', over: '3000' },
  ]);
  const { points } = await blindReport(admin);
  expect(points.find((point) => point.overused > 0)).toMatchObject({ mode: 'offline', overdue: 1 });
});

test('only who can’t ask is given one, and only where something is summed', async () => {
  await expect(now.online.allot(pay(1), { forSecs: 60 })).rejects.toMatchObject({ status: 403 });
  await expect(now.terminal.allot({ ...pay(1), action: { name: 'read' } }, { forSecs: 60 })).rejects.toMatchObject({
    status: 400,
  });
  await expect(now.online.tell([{ ...pay(1), ref: 'r', at: '2026-01-01T00:00:00Z' }])).rejects.toMatchObject({
    status: 403,
  });
});

test('an allotment that is reported after its end: what was spent beyond it counts, and once', async () => {
  const late = await given(200);
  const end = `update allotments set expires_at = now() where id = $1`;
  await pool().query(end, [late.id]);
  await pool().query(`update holds set expires_at = now() where id = (select hold_id from allotments where id = $1)`, [
    late.id,
  ]);
  await expire({ actor: { kind: 'system', name: 'expiry' } });
  const report = async (amount: string) => {
    const answer = await fetch(`${now.pdp.url}/v1/allotments/${late.id}/report`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${tokenOf(now.terminal)}`, 'Content-Type': 'application/json' },
      body: JSON.stringify({ spends: [{ ref: 'x', amount }] }),
    });
    return { status: answer.status, body: (await answer.json()) as object };
  };
  expect(await report('270.00')).toMatchObject({ status: 200, body: { late: true, beyond: '7000', returned: '0' } });
  expect(await standing()).toEqual(['27000', '0']);
  expect(await report('270.00')).toMatchObject({ status: 200 });
  expect(await report('280.00')).toMatchObject({ status: 409 });
  expect(await standing()).toEqual(['27000', '0']);
  expect((await verify(admin)).problems).toEqual([]);
});

test('a report that was counted and not written down stands, whatever is reported next', async () => {
  const given200 = await given(200);
  const { rows } = await pool().query<{ hold_id: string }>('select hold_id from allotments where id = $1', [
    given200.id,
  ]);
  await now.terminal.settle(rows[0]!.hold_id, { amount: '150', attribute: 'context.amount' });
  given200.spend('a', 120);
  await expect(now.terminal.reportAllotment(given200)).rejects.toMatchObject({ status: 409 });
  expect((await list(admin, { limit: 1 })).items[0]).toMatchObject({ state: 'reported', spent: '15000' });
  expect(await standing()).toEqual(['15000', '0']);
});

test('the share of value decided blind is what was spent or told without asking', async () => {
  const before = (await blindReport(admin)).units[0]!;
  await now.online.evaluate(pay(100));
  const bounded = await now.cached.evaluate(pay(50));
  expect((bounded.context.braid as { usable_secs?: number }).usable_secs).toBe(30);
  const allotment = await given(300);
  allotment.spend('a', 150);
  await now.terminal.reportAllotment(allotment);
  const after = (await blindReport(admin)).units[0]!;
  const grew = (of: 'online' | 'bounded' | 'offline' | 'legacy') => Number(after[of]) - Number(before[of]);
  expect([grew('online'), grew('bounded'), grew('offline'), grew('legacy')]).toEqual([10_000, 5_000, 15_000, 0]);
  expect(after.percent).toBe(Math.ceil((Number(after.blind) * 1000) / Number(after.total)) / 10);
});

test('delayed settlement is an obligation of what is allowed', async () => {
  const { context } = await now.online.evaluate(pay(1));
  expect(context.obligations).toMatchObject([{ type: 'custom', properties: { name: 'settle_after', seconds: 3_600 } }]);
  expect((await now.terminal.evaluate(pay(1))).context.obligations).toBeUndefined();
});
