import { z } from 'zod';
import { problemOf } from '@/lib/http/problem';
import { limitedBody } from '@/lib/http/read-body';
import { clock } from '@/lib/platform/clock';
import { BraidError } from '@/lib/platform/errors';
import { askVerification } from '@/lib/signals/ask-verification';
import { authenticate, clientOf, issueToken, TokenError } from '@/lib/signals/authenticate';
import { changeStream } from '@/lib/signals/change-stream';
import { changeSubject } from '@/lib/signals/change-subject';
import { createStream } from '@/lib/signals/create-stream';
import { shownKeys } from '@/lib/signals/keys';
import { poll } from '@/lib/signals/poll';
import { SET_BYTES, SetRefused } from '@/lib/signals/read-set';
import { receive } from '@/lib/signals/receive';
import { removeStream } from '@/lib/signals/remove-stream';
import { setOwnStatus } from '@/lib/signals/set-status';
import { streamsOf, touchStream } from '@/lib/signals/store';
import {
  changeStreamSchema,
  createStreamSchema,
  pollSchema,
  type SsfScope,
  statusSchema,
  subjectCallSchema,
  verifyCallSchema,
} from '@/lib/signals/stream-model';
import { configOf, streamOf } from '@/lib/signals/stream-of';

// The endpoints of Shared Signals: no operator signs in here; a receiver shows its access token, a transmitter its authorization.

const BODY_BYTES = 1_000_000;

const json = (status: number, body: unknown, headers: Record<string, string> = {}): Response =>
  new Response(JSON.stringify(body), {
    status,
    headers: { 'Content-Type': 'application/json', 'Cache-Control': 'no-store', ...headers },
  });
const empty = (status: number): Response => new Response(null, { status, headers: { 'Cache-Control': 'no-store' } });

const textOf = (request: Request, most: number): Promise<string> => new Response(limitedBody(request, most)).text();

async function bodyOf<T extends z.ZodType>(request: Request, schema: T): Promise<z.output<T>> {
  const text = await textOf(request, BODY_BYTES);
  let body: unknown;
  try {
    body = JSON.parse(text || '{}');
  } catch (cause) {
    throw new BraidError('input.invalid', 'The body is not JSON.', { cause });
  }
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new BraidError('input.invalid', `${issue?.path.join('.') || 'The body'} ${issue?.message ?? 'is not valid'}`);
}

type Handle = (request: Request, rest: string) => Promise<Response>;

const idOf = (request: Request): string | null => new URL(request.url).searchParams.get('stream_id');
const who = (request: Request, scope: SsfScope) => authenticate(request.headers.get('authorization'), scope);

async function readStreams(request: Request): Promise<Response> {
  const receiver = await who(request, 'ssf.read');
  const id = idOf(request);
  if (id !== null) return json(200, configOf(await streamOf(receiver, id)));
  return json(200, (await streamsOf(receiver.id)).map(configOf));
}

const statusOf = ({ id, status, statusReason }: { id: string; status: string; statusReason: string | null }) => ({
  stream_id: id,
  status,
  ...(statusReason ? { reason: statusReason } : {}),
});

async function readStatus(request: Request): Promise<Response> {
  const stream = await streamOf(await who(request, 'ssf.read'), idOf(request) ?? '');
  await touchStream(stream.id, clock.now());
  return json(200, statusOf(stream));
}

const change =
  (replace: boolean): Handle =>
  async (request) => {
    const receiver = await who(request, 'ssf.manage');
    return json(200, configOf(await changeStream(receiver, await bodyOf(request, changeStreamSchema), replace)));
  };

const subject =
  (state: 'added' | 'removed'): Handle =>
  async (request) => {
    const receiver = await who(request, 'ssf.manage');
    await changeSubject(receiver, await bodyOf(request, subjectCallSchema), state);
    return empty(state === 'added' ? 200 : 204);
  };

async function token(request: Request): Promise<Response> {
  const form = new URLSearchParams(await textOf(request, 10_000));
  try {
    return json(200, await issueToken(clientOf(request.headers.get('authorization'), form), form));
  } catch (error) {
    if (!(error instanceof TokenError)) throw error;
    const unknown = error.error === 'invalid_client';
    const headers: Record<string, string> = unknown ? { 'WWW-Authenticate': 'Basic realm="braid"' } : {};
    return json(unknown ? 401 : 400, { error: error.error, error_description: error.message }, headers);
  }
}

async function pushed(request: Request, sourceId: string): Promise<Response> {
  try {
    await receive({
      sourceId,
      authorization: request.headers.get('authorization'),
      contentType: request.headers.get('content-type'),
      body: await textOf(request, SET_BYTES),
    });
    return empty(202);
  } catch (error) {
    if (!(error instanceof SetRefused)) throw error;
    return json(400, { err: error.err, description: error.description }, { 'Content-Language': 'en' });
  }
}

/** Method and path; `*` is handed over. */
const ENDPOINTS: Record<string, Handle> = {
  'GET jwks': async () => json(200, await shownKeys(), { 'Cache-Control': 'public, max-age=300' }),
  'POST token': token,
  'POST streams': async (request) => {
    const receiver = await who(request, 'ssf.manage');
    return json(201, configOf(await createStream(receiver, await bodyOf(request, createStreamSchema))));
  },
  'GET streams': readStreams,
  'PATCH streams': change(false),
  'PUT streams': change(true),
  'DELETE streams': async (request) => {
    await removeStream(await who(request, 'ssf.manage'), idOf(request) ?? '');
    return empty(204);
  },
  'GET status': readStatus,
  'POST status': async (request) => {
    const receiver = await who(request, 'ssf.manage');
    return json(200, statusOf(await setOwnStatus(receiver, await bodyOf(request, statusSchema))));
  },
  'POST subjects/add': subject('added'),
  'POST subjects/remove': subject('removed'),
  'POST verify': async (request) => {
    const receiver = await who(request, 'ssf.manage');
    await askVerification(receiver, await bodyOf(request, verifyCallSchema));
    return empty(204);
  },
  'POST poll/*': async (request, streamId) => {
    const receiver = await who(request, 'ssf.read');
    return json(200, await poll(receiver, streamId, await bodyOf(request, pollSchema), request.signal));
  },
  'POST receive/*': pushed,
};

/** The path below `/api/ssf/`, and the method, to what answers it. */
function find(method: string, path: string): [Handle, string] | 'method' | undefined {
  const [first, ...rest] = path.split('/');
  const names = rest.length > 0 ? [path, `${first}/*`] : [path];
  for (const name of names) {
    const handle = ENDPOINTS[`${method} ${name}`];
    if (handle) return [handle, rest.join('/')];
    if (Object.keys(ENDPOINTS).some((one) => one.endsWith(` ${name}`))) return 'method';
  }
  return undefined;
}

function failure(error: unknown): Response {
  const problem = problemOf(error instanceof z.ZodError ? new BraidError('input.invalid', 'It is not valid.') : error);
  const headers: Record<string, string> = { 'Content-Type': 'application/problem+json' };
  if (problem.status === 401) headers['WWW-Authenticate'] = 'Bearer realm="braid"';
  if (problem.status === 403) headers['WWW-Authenticate'] = 'Bearer realm="braid", error="insufficient_scope"';
  const secs =
    error instanceof BraidError ? (error.detail as { retryAfterSecs?: number } | undefined)?.retryAfterSecs : undefined;
  if (secs || problem.status === 503) headers['Retry-After'] = String(secs ?? 30);
  return json(problem.status, problem, headers);
}

/** Answers one call below `/api/ssf/`. Never throws. */
export async function serve(request: Request): Promise<Response> {
  try {
    const path = new URL(request.url).pathname.replace(/^\/api\/ssf\//, '').replace(/\/$/, '');
    const found = find(request.method, path);
    if (found === 'method') return json(405, { title: 'Another method is meant.' });
    if (!found) throw new BraidError('not_found', 'There is nothing here.');
    return await found[0](request, found[1]);
  } catch (error) {
    return failure(error);
  }
}
