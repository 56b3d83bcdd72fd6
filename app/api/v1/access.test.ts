import { expect, test } from 'vitest';
import { GET as audit } from '@/app/api/v1/audit/route';
import { PATCH as changeOperator } from '@/app/api/v1/operators/[id]/route';
import { POST as addOperator, GET as operators } from '@/app/api/v1/operators/route';
import { DELETE as revoke } from '@/app/api/v1/tokens/[id]/route';
import { POST as make, GET as tokens } from '@/app/api/v1/tokens/route';
import { createToken } from '@/lib/access/create-token';
import type { Scope } from '@/lib/access/model';
import { testDatabase } from '@/lib/db/testing';

testDatabase();

const cli = { actor: { kind: 'cli' as const, name: 'cli:test' } };
const tokenWith = async (scopes: Scope[]) => (await createToken(cli, { name: 'caller', scopes })).token;

type Route = typeof tokens;

async function call(route: Route, token: string, method: string, body?: object, id?: string) {
  const request = new Request('http://localhost/api/v1/x', {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: body && JSON.stringify(body),
  });
  const response = await route(request, { params: Promise.resolve(id ? { id } : {}) });
  return {
    status: response.status,
    json: (await response.json()) as Record<string, never> & { items: { id: string }[] },
  };
}

test('a token is made, listed without its secret, used and revoked; all of it is in the audit log', async () => {
  const admin = await tokenWith(['admin']);
  const made = await call(make, admin, 'POST', { name: 'shop', scopes: ['read'] });
  expect(made.status).toBe(201);
  const { id, token } = made.json as unknown as { id: string; token: string };
  const listed = await call(tokens, admin, 'GET');
  expect(listed.json.items.map((row) => row.id)).toContain(id);
  expect(JSON.stringify(listed.json)).not.toContain(token);
  expect((await call(tokens, token, 'GET')).status).toBe(403); // it only reads
  expect((await call(audit, token, 'GET')).status).toBe(200);
  expect((await call(revoke, admin, 'DELETE', undefined, id)).json).toMatchObject({ state: 'revoked' });
  const entries = (await call(audit, admin, 'GET')).json.items as unknown as { action: string; actorName: string }[];
  expect(entries.slice(0, 2).map((entry) => entry.action)).toEqual(['token.revoke', 'token.create']);
  expect(entries[0]?.actorName).toBe('caller');
});

test('an operator is added, changed and listed; a body or id that is wrong changes nothing', async () => {
  const admin = await tokenWith(['admin']);
  const person = { email: 'ada@example.com', name: 'Ada', role: 'admin', password: 'a long enough password' };
  const made = await call(addOperator, admin, 'POST', person);
  expect(made).toMatchObject({ status: 201, json: { email: 'ada@example.com', state: 'active' } });
  expect((await call(addOperator, admin, 'POST', person)).status).toBe(409);
  expect((await call(addOperator, admin, 'POST', { ...person, email: 'x', root: true })).status).toBe(400);
  const id = String(made.json.id);
  expect((await call(changeOperator, admin, 'PATCH', { state: 'disabled' }, id)).json).toMatchObject({
    code: 'conflict',
  });
  expect((await call(changeOperator, admin, 'PATCH', { role: 'king' }, id)).status).toBe(400);
  expect((await call(changeOperator, admin, 'PATCH', { role: 'viewer' }, 'nobody')).status).toBe(404);
  const rows = (await call(operators, admin, 'GET')).json.items;
  expect(rows).toMatchObject([{ id, role: 'admin', state: 'active' }]);
  expect(JSON.stringify(rows)).not.toContain('argon2');
});
