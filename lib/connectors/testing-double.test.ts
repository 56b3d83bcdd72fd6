import { expect, test } from 'vitest';
import { startDouble } from '@/lib/connectors/testing-double';

const key = {
  type: 'object',
  required: ['id'],
  properties: { id: { type: 'integer' }, note: { type: 'string', nullable: true } },
};
const description = {
  openapi: '3.0.3',
  info: { title: 'keys', version: '1' },
  paths: {
    '/keys': {
      get: {
        parameters: [{ name: 'limit', in: 'query', schema: { type: 'integer' } }],
        responses: {
          200: { description: 'ok', content: { 'application/json': { schema: { type: 'array', items: key } } } },
        },
      },
    },
    '/keys/{id}': {
      delete: {
        parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'string' } }],
        responses: { 204: { description: 'gone' } },
      },
    },
    '/keys/{id}:disable': {
      post: {
        parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'string' } }],
        requestBody: { required: true, content: { 'application/json': { schema: key } } },
        responses: { 204: { description: 'done' } },
      },
    },
    '/other': { get: { responses: { 204: { description: 'ok' } } } },
  },
};

test('a double refuses and notes what its description does not know, asked or answered', async () => {
  let answer: unknown = [{ id: 1, note: null }];
  const seen: string[] = [];
  const saw = (what: string) => {
    seen.push(what);
    return { status: 204 };
  };
  const double = await startDouble({
    description,
    answers: {
      'GET /keys': () => ({ status: 200, body: answer }),
      'DELETE /keys/{id}': ({ params }) => saw(`delete ${params.id}`),
      'POST /keys/{id}:disable': ({ params }) => saw(`disable ${params.id}`),
    },
  });
  const status = async (method: string, path: string, body?: unknown) => {
    const sent =
      body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
    return (await fetch(double.url + path, { method, ...sent })).status;
  };
  expect(await status('GET', '/keys?limit=3')).toBe(200);
  expect(await status('DELETE', '/keys/a%2Fb')).toBe(204);
  expect(await status('POST', '/keys/k:disable', { id: 3 })).toBe(204);
  expect(seen).toEqual(['delete a/b', 'disable k']);
  expect(double.violations).toEqual([]);
  expect(await status('GET', '/keys?limit=x')).toBe(400);
  expect(await status('GET', '/keys?page=1')).toBe(400);
  expect(await status('POST', '/keys/k:disable', { id: 'three' })).toBe(400);
  expect(await status('GET', '/nowhere')).toBe(404);
  expect(await status('GET', '/other')).toBe(501);
  expect(double.violations).toHaveLength(5);
  answer = [{ id: 'one' }];
  expect(await status('GET', '/keys')).toBe(500);
  expect(double.violations.at(-1)).toContain('must be integer');
  await double.close();
});

test('an operation the description does not have cannot be answered', async () => {
  await expect(startDouble({ description, answers: { 'GET /nowhere': () => ({ status: 200 }) } })).rejects.toThrow(
    'not in the description',
  );
});
