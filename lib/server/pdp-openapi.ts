// The published contract of the decision API, made from the schemas it reads by. Loaded when it is asked for.
import { z } from 'zod';
import type { ZodOpenApiOperationObject, ZodOpenApiPathsObject } from 'zod-openapi';
import { problemSchema } from '@/lib/http/model';
import { CONTRACT, type Operation } from '@/lib/server/pdp-contract';

const ERRORS = ['400', '401', '403', '404', '409', '413', '415', '429', '503'];
const AUTHZEN_ERRORS = ['400', '401', '403', '409', '413', '429', '503'];

const errorsOf = ({ authzen, answers }: Operation) =>
  Object.fromEntries(
    (authzen ? AUTHZEN_ERRORS : ERRORS)
      .filter((status) => !(status in answers))
      .map((status) => [
        status,
        authzen
          ? { description: 'What is wrong, in words', content: { 'text/plain': { schema: z.string().max(1000) } } }
          : { description: 'Problem (RFC 9457)', content: { 'application/problem+json': { schema: problemSchema } } },
      ]),
  );

const answersOf = ({ answers, summary }: Operation) =>
  Object.fromEntries(
    Object.entries(answers).map(([status, answer]) => [
      status,
      {
        description: summary,
        content:
          typeof answer === 'string'
            ? { [answer]: { schema: z.string() } }
            : { 'application/json': { schema: answer } },
      },
    ]),
  );

/** Of the path's `{id}`; a task's is the caller's own word. */
const paramsOf = (path: string) =>
  path.includes('{id}') ? { path: z.object({ id: path.includes('/tasks/') ? z.string().max(512) : z.uuid() }) } : {};

function bodyOf({ body, takes }: Operation) {
  if (takes)
    return { requestBody: { content: Object.fromEntries(takes.map((type) => [type, { schema: z.unknown() }])) } };
  return body ? { requestBody: { content: { 'application/json': { schema: body } } } } : {};
}

function operation(path: string, one: Operation): ZodOpenApiOperationObject {
  return {
    operationId: one.name,
    summary: one.summary,
    ...(one.scope ? { description: `Scope of the token: ${one.scope}` } : { security: [] }),
    requestParams: {
      ...paramsOf(path),
      ...(one.query ? { query: one.query } : {}),
      ...(one.headers ? { header: one.headers } : {}),
    },
    ...bodyOf(one),
    responses: { ...answersOf(one), ...(one.scope ? errorsOf(one) : {}) },
  };
}

/** The OpenAPI 3.1 document. `server`: where this decision point is reached. */
export async function contract(server: string) {
  const { createDocument } = await import('zod-openapi');
  const paths: ZodOpenApiPathsObject = {};
  for (const [route, one] of Object.entries(CONTRACT)) {
    const [method, path] = route.split(' ') as [string, string];
    paths[path] = { ...paths[path], [method.toLowerCase()]: operation(path, one) };
  }
  return createDocument(
    {
      openapi: '3.1.0',
      info: {
        title: 'Braid decision point',
        version: '1',
        description:
          'AuthZEN 1.0, holds, exposure, and what enforcement points tell. The console’s own API is beside it.',
      },
      servers: [{ url: server }],
      security: [{ token: [] }],
      components: {
        securitySchemes: { token: { type: 'http', scheme: 'bearer', description: 'An API token, brd_…' } },
      },
      paths,
    },
    { allowEmptySchema: { unknown: true, custom: true } },
  );
}
