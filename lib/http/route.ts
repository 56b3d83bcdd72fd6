import { z } from 'zod';
import { authenticateToken } from '@/lib/access/authenticate-token';
import { authorise } from '@/lib/access/authorise';
import type { Ctx, Permission } from '@/lib/access/model';
import { operatorOfRequest } from '@/lib/access/operator';
import { clientAddress } from '@/lib/http/client-address';
import { issueText } from '@/lib/http/issue-format';
import { problemOf } from '@/lib/http/problem';
import { limitedBody, readJson } from '@/lib/http/read-body';
import { env } from '@/lib/platform/env';
import { BraidError } from '@/lib/platform/errors';
import { newId } from '@/lib/platform/ids';
import { log } from '@/lib/platform/log';

type Nothing = z.ZodObject<Record<never, never>, z.core.$strict>;
const nothing: Nothing = z.strictObject({});

export interface RouteSpec<
  Query extends z.ZodType = z.ZodType,
  Params extends z.ZodType = z.ZodType,
  Body extends z.ZodType = z.ZodType,
  Output extends z.ZodType = z.ZodType,
> {
  /** Operation id: `listIdentities`, `revokeIdentity`. */
  name: string;
  summary: string;
  /** null: any authenticated caller. */
  permission: Permission | null;
  query?: Query;
  params?: Params;
  body?: Body;
  /** Checked strictly before it leaves, so that nothing leaks. */
  response: Output;
  /** Of the answer; 202 for what takes time. */
  status?: 200 | 201 | 202;
  /** Largest body in bytes, checked while reading. Default 1 MB. */
  bodyLimit?: number;
  /** Media types of the answer where it is no JSON: `handle` then returns a Response. */
  produces?: string[];
  /** An upload from the console's own page: the operator's cookie counts when the browser says the request comes from there. */
  fromConsole?: true;
}

export interface RouteArgs<Query, Params, Body> {
  ctx: Ctx;
  query: Query;
  params: Params;
  body: Body;
  request: Request;
  /** For uploads (no `body` schema): the raw body, which fails beyond `bodyLimit`. */
  upload: () => ReadableStream<Uint8Array>;
}

type Handler = ((
  request: Request,
  context: { params: Promise<Record<string, string | string[] | undefined>> },
) => Promise<Response>) & {
  spec: RouteSpec;
};

const BODY_LIMIT = 1_000_000;
const REQUEST_ID = /^[\w.:-]{1,64}$/;

/** Browsers set Origin on every POST and no page can forge it. Sec-Fetch-Site, where sent, has to agree. */
function comesFromConsole(request: Request): boolean {
  const origin = request.headers.get('origin');
  const site = request.headers.get('sec-fetch-site');
  if (!origin || (site && site !== 'same-origin')) return false;
  try {
    return origin === new URL(env().BRAID_URL).origin || new URL(origin).host === request.headers.get('host');
  } catch {
    return false;
  }
}

/**
 * Bearer token, or for reading alone the operator's cookie: a cookie may not change anything here (no CSRF surface), but
 * for what is declared `fromConsole`.
 */
async function authenticate(request: Request, fromConsole = false): Promise<Ctx> {
  const [scheme, bearer] = (request.headers.get('authorization') ?? '').split(' ');
  if (bearer && scheme?.toLowerCase() === 'bearer') {
    const actor = await authenticateToken(bearer);
    if (actor) return { actor };
    throw new BraidError('access.unauthenticated', 'The token is unknown, revoked or expired.');
  }
  const byCookie = request.method === 'GET' || (fromConsole && comesFromConsole(request));
  const operator = byCookie ? await operatorOfRequest(request) : undefined;
  if (operator) return { actor: operator.actor, sessionId: operator.sessionId };
  throw new BraidError('access.unauthenticated', 'Send an API token: Authorization: Bearer brd_…');
}

function parse<T extends z.ZodType>(schema: T, value: unknown, where: string): z.output<T> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const errors = parsed.error.issues.slice(0, 100).map((issue) => ({
    path: [where, ...issue.path].join('.').slice(0, 500),
    message: issueText(issue).slice(0, 1000),
  }));
  throw new BraidError('input.invalid', `The ${where} is not valid: ${errors[0]?.path} ${errors[0]?.message}`, {
    detail: errors,
  });
}

/** A path that names nothing is not found, whatever is wrong with it. */
function parseParams<T extends z.ZodType>(schema: T, value: unknown): z.output<T> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new BraidError('not_found', 'There is nothing here.');
}

function queryOf(request: Request): Record<string, string | string[]> {
  const query: Record<string, string | string[]> = {};
  const search = new URL(request.url).searchParams;
  for (const key of new Set(search.keys())) {
    const all = search.getAll(key);
    query[key] = all.length === 1 ? all[0]! : all;
  }
  return query;
}

const answer = (body: unknown, status: number, requestId: string, type = 'application/json') =>
  new Response(JSON.stringify(body), {
    status,
    headers: { 'Content-Type': type, 'Cache-Control': 'no-store', 'X-Request-ID': requestId },
  });

/**
 * Declares a REST route: authentication, permission, body limit, strict schemas in and out, problems, request id.
 * Export the result as GET, POST, PATCH or DELETE of a `route.ts`; the OpenAPI document reads its `spec`.
 */
export function route<
  Output extends z.ZodType,
  Query extends z.ZodType = Nothing,
  Params extends z.ZodType = Nothing,
  Body extends z.ZodType = Nothing,
>(
  spec: RouteSpec<Query, Params, Body, Output> & {
    handle: (
      args: RouteArgs<z.output<Query>, z.output<Params>, z.output<Body>>,
    ) => Promise<z.input<Output> | Response> | z.input<Output> | Response;
  },
): Handler {
  const { handle, ...declared } = spec;
  const handler = async (request: Request, context: { params: Promise<unknown> }): Promise<Response> => {
    const given = request.headers.get('x-request-id') ?? '';
    const requestId = REQUEST_ID.test(given) ? given : newId();
    try {
      const ctx: Ctx = {
        ...(await authenticate(request, spec.fromConsole)),
        requestId,
        ip: clientAddress(request.headers),
      };
      if (spec.permission) authorise(ctx, spec.permission);
      const limit = spec.bodyLimit ?? BODY_LIMIT;
      const params = parseParams(spec.params ?? nothing, (await context?.params) ?? {});
      const query = parse(spec.query ?? nothing, queryOf(request), 'query');
      const body = parse(spec.body ?? nothing, spec.body ? await readJson(request, limit) : {}, 'body');
      const upload = () => limitedBody(request, limit);
      const output = await handle({
        ctx,
        query: query as z.output<Query>,
        params: params as z.output<Params>,
        body: body as z.output<Body>,
        request,
        upload,
      });
      if (output instanceof Response) {
        output.headers.set('Cache-Control', 'no-store');
        output.headers.set('X-Request-ID', requestId);
        return output;
      }
      return answer(checkOutput(spec.name, spec.response, output), spec.status ?? 200, requestId);
    } catch (error) {
      const problem = problemOf(fromZod(error), requestId);
      const response = answer(problem, problem.status, requestId, 'application/problem+json');
      if (problem.status === 401) response.headers.set('WWW-Authenticate', 'Bearer');
      return response;
    }
  };
  return Object.assign(handler, { spec: declared as unknown as RouteSpec }) as Handler;
}

/** A verb parses its own input again: what it refuses is the caller's to mend, not a fault of Braid. */
function fromZod(error: unknown): unknown {
  if (!(error instanceof z.ZodError)) return error;
  const errors = error.issues.slice(0, 100).map((issue) => ({ path: issue.path.join('.'), message: issueText(issue) }));
  return new BraidError('input.invalid', `Not valid: ${errors[0]?.path} ${errors[0]?.message}`, { detail: errors });
}

function checkOutput(name: string, schema: z.ZodType, output: unknown): unknown {
  const checked = schema.safeParse(output);
  if (checked.success) return checked.data;
  log.error({ route: name, issues: checked.error.issues.slice(0, 5) }, 'a response did not match its schema');
  throw new BraidError('internal', 'Something went wrong inside Braid. The log has the details.');
}
