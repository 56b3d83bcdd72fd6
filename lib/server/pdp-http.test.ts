// The decision point's HTTP: what AuthZEN asks for, and who may ask.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { pool } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { newId, newSecret } from '@/lib/platform/ids';
import { addToken, ask, call, endAll, type Pdp, read, startTwo } from '@/lib/server/testing-pdp';

const db = testDatabase();
let one: Pdp;

beforeAll(async () => {
  [one] = await startTwo(db.url);
}, 60_000);
afterAll(endAll);

describe('AuthZEN shapes', () => {
  test('content types, methods, bodies and credentials', async () => {
    expect((await ask(one, read, { headers: { 'Content-Type': 'application/json; charset=utf-8' } })).status).toBe(200);
    expect((await ask(one, read, { headers: { 'Content-Type': 'text/plain' } })).status).toBe(400);
    for (const method of ['GET', 'PUT']) expect((await ask(one, null, { method })).status).toBe(405);
    const other = await call(one, '/v1/events', null, { method: 'PUT' });
    expect([other.status, other.headers.get('allow')]).toEqual([405, 'POST']);
    expect(other.headers.get('content-type')).toBe('application/problem+json');
    expect(other.body).toMatchObject({ status: 405, code: 'method.not_allowed', title: 'Use POST.' });
    expect((await ask(one, null, { method: 'PUT' })).headers.get('allow')).toBe('POST');
    for (const raw of ['[]', '', '{', '"x"', 'null']) expect((await ask(one, null, { raw })).status).toBe(400);
    expect((await ask(one, { ...read, action: { name: 123 } })).status).toBe(400);
    expect((await ask(one, { ...read, subject: { type: 'user' } })).status).toBe(400);
    const unauthenticated = await ask(one, read, { headers: { Authorization: 'Bearer brd_wrong' } });
    expect([unauthenticated.status, unauthenticated.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
    expect((await ask(one, read, { headers: { Authorization: '' } })).status).toBe(401);
    expect((await ask(one, { ...read, context: { big: 'x'.repeat(300_000) } })).status).toBe(413);
    expect((await ask(one, { ...read, context: { text: 'a\u0000b' } })).status).toBe(400);
  });

  test('unknown fields are ignored, the request id comes back unchanged, the same question gets the same answer', async () => {
    const extra = {
      ...read,
      subject: { ...read.subject, properties: { role: 'admin' }, more: 1 },
      extra: true,
      context: { time: 'now' },
    };
    const answers = await Promise.all(
      [1, 2, 3].map(() => ask(one, extra, { headers: { 'X-Request-ID': 'bfe9eb29-ab87-4ca3-be83-a1d5d8305716' } })),
    );
    expect(answers.map((answer) => answer.body.decision)).toEqual([true, true, true]);
    expect(answers[0]!.headers.get('x-request-id')).toBe('bfe9eb29-ab87-4ca3-be83-a1d5d8305716');
  });

  test('batch: an unknown semantic is refused, no evaluations is one evaluation', async () => {
    const many = (body: unknown) => call(one, '/access/v1/evaluations', body);
    expect((await many({ ...read, evaluations: [{}], options: { evaluations_semantic: 'sometimes' } })).status).toBe(
      400,
    );
    expect(
      (await many({ ...read, evaluations: [{}, { subject: { type: 'user', id: 'bob' } }] })).body.evaluations,
    ).toHaveLength(2);
    expect((await many(read)).body).toMatchObject({ decision: true });
    expect((await many(read)).body).not.toHaveProperty('evaluations');
  });

  test('metadata, health, metrics, problems', async () => {
    const meta = await call(one, '/.well-known/authzen-configuration', null, {
      method: 'GET',
      headers: { Authorization: '' },
    });
    expect(meta.body).toMatchObject({
      policy_decision_point: one.url,
      access_evaluation_endpoint: `${one.url}/access/v1/evaluation`,
    });
    expect((await call(one, '/healthz', null, { method: 'GET' })).status).toBe(200);
    expect((await call(one, '/readyz', null, { method: 'GET' })).body).toEqual({ ready: true });
    expect((await call(one, '/metrics', null, { method: 'GET' })).body.text).toContain(
      'braid_decisions_total{verdict="allow"}',
    );
    expect((await call(one, '/nothing', {})).body).toMatchObject({ status: 404, code: 'not_found' });
    expect((await call(one, `/v1/holds/${newId()}/settle`, {})).body).toMatchObject({ status: 404, code: 'not_found' });
    expect((await call(one, '/v1/exposure', null, { method: 'GET' })).body).toMatchObject({
      status: 400,
      code: 'input.invalid',
    });
  });

  test('a token without the scope is refused, and a revoked one binds within a second', async () => {
    const id = newId();
    const other = `brd_${newSecret(24)}`;
    await addToken(id, other, ['decide']);
    const headers = { Authorization: `Bearer ${other}` };
    expect((await ask(one, read, { headers })).status).toBe(200);
    await pool().query('update api_tokens set revoked_at = now() where id = $1', [id]);
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect((await ask(one, read, { headers })).status).toBe(401);
    const reader = `brd_${newSecret(24)}`;
    await addToken(newId(), reader, ['read']);
    expect((await ask(one, read, { headers: { Authorization: `Bearer ${reader}` } })).status).toBe(403);
  });
});
