import type { z } from 'zod';
import { createDocument, type ZodOpenApiOperationObject, type ZodOpenApiPathsObject } from 'zod-openapi';
import { problemSchema } from '@/lib/http/model';
import type { RouteSpec } from '@/lib/http/route';

export const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;

/** A `route.ts` module: what it exports under the names of HTTP methods. */
export type RouteModule = Partial<Record<(typeof METHODS)[number], unknown>>;

const specOf = (exported: unknown): RouteSpec | undefined =>
  typeof exported === 'function' && 'spec' in exported ? (exported.spec as RouteSpec) : undefined;

const ERRORS = ['400', '401', '403', '404', '409', '413', '429', '500'] as const;

function operation(path: string, spec: RouteSpec): ZodOpenApiOperationObject {
  const problem = {
    description: 'Problem (RFC 9457)',
    content: { 'application/problem+json': { schema: problemSchema } },
  };
  const content = spec.produces
    ? Object.fromEntries(
        spec.produces.map((type) => [
          type,
          { schema: type === 'application/json' ? spec.response : { type: 'string' as const } },
        ]),
      )
    : { 'application/json': { schema: spec.response } };
  return {
    operationId: spec.name,
    summary: spec.summary,
    tags: [path.split('/')[3] ?? 'braid'],
    ...(spec.permission ? { description: `Permission: ${spec.permission}` } : {}),
    requestParams: {
      ...(spec.query ? { query: spec.query as z.ZodObject } : {}),
      ...(spec.params ? { path: spec.params as z.ZodObject } : {}),
    },
    ...(spec.body ? { requestBody: { content: { 'application/json': { schema: spec.body } } } } : {}),
    responses: {
      [String(spec.status ?? 200)]: { description: spec.summary, content },
      ...Object.fromEntries(ERRORS.map((status) => [status, problem])),
    },
  };
}

/** The OpenAPI 3.1 document of the declared routes, by path as in the file tree (`/api/v1/identities/[id]`). */
export function openapi(routes: Record<string, RouteModule>, server: string) {
  const paths: ZodOpenApiPathsObject = {};
  for (const [folder, module] of Object.entries(routes)) {
    const path = folder.replaceAll(/\[(\w+)\]/g, '{$1}');
    for (const method of METHODS) {
      const spec = specOf(module[method]);
      if (spec) paths[path] = { ...paths[path], [method.toLowerCase()]: operation(path, spec) };
    }
  }
  // A shape only TypeScript knows is shown as "anything" rather than taking the whole document down.
  return createDocument(
    {
      openapi: '3.1.0',
      info: {
        title: 'Braid',
        version: '1',
        description: 'Everything the console can do. Decisions are asked of the PDP.',
      },
      servers: [{ url: server }],
      security: [{ token: [] }],
      components: {
        securitySchemes: { token: { type: 'http', scheme: 'bearer', description: 'An API token, brd_…' } },
      },
      paths,
    },
    { allowEmptySchema: { custom: true } },
  );
}
