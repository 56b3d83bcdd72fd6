// The decision point: AuthZEN decisions, holds and exposure over node:http. No framework stands on this path.
import cluster from 'node:cluster';
import http from 'node:http';
import { authenticateToken, recallToken } from '@/lib/access/authenticate-token';
import type { Actor, Ctx } from '@/lib/access/model';
import { disconnectDatabase } from '@/lib/db/client';
import { decideOne } from '@/lib/decisions/decide';
import { evaluateMany } from '@/lib/decisions/evaluate-many';
import { recover } from '@/lib/decisions/recover';
import type { Answer } from '@/lib/decisions/request-model';
import { closeLane } from '@/lib/exposures/close-lane';
import { extend } from '@/lib/exposures/extend';
import { ping } from '@/lib/exposures/ping';
import { release } from '@/lib/exposures/release';
import { settle } from '@/lib/exposures/settle';
import { show } from '@/lib/exposures/show';
import { withdraw } from '@/lib/exposures/withdraw';
import { env } from '@/lib/platform/env';
import { BraidError } from '@/lib/platform/errors';
import { sha256Hex } from '@/lib/platform/ids';
import { log } from '@/lib/platform/log';
import { announceReady, onStop } from '@/lib/server/lifecycle';
import { authzenRoutes } from '@/lib/server/pdp-authzen';
import { startFleet } from '@/lib/server/pdp-fleet';
import { type Call, readJson, requestIdOf, send, sendError, usableId } from '@/lib/server/pdp-http';
import * as metrics from '@/lib/server/pdp-metrics';

const ONE_BYTES = 256_000;
const MANY_BYTES = 1_000_000;
const SMALL_BYTES = 16_000;
/** A token that can't be looked up within this time is not known; the answer is still due within 2 s. */
const AUTH_MS = 1_000;
const RECOVER_MS = 1_000;
const MAX_ACTORS = 1_000;

type Handler = (call: Call) => Promise<void>;
interface Route {
  method: 'GET' | 'POST';
  path: RegExp;
  name: string;
  authzen: boolean;
  handle: Handler;
}

/** Callers as last known, so that they can be denied by name while tokens can't be looked up. Nobody is ever allowed from here. */
const known = new Map<string, Actor>();

/** The caller of a token, or what went wrong, in time. */
function recognised(bearer: string, hash: string): Promise<Actor | undefined> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('token look-up timed out')), AUTH_MS).unref();
    authenticateToken(bearer, hash)
      .then(resolve, reject)
      .finally(() => clearTimeout(timer));
  });
}

interface Caller {
  ctx: Ctx;
  verified: boolean;
}

/** The caller, at once where its token was read just now. */
function ctxOf(call: Call): Caller | Promise<Caller> {
  const [scheme, bearer] = (call.request.headers.authorization ?? '').split(' ');
  if (!bearer || scheme?.toLowerCase() !== 'bearer')
    throw new BraidError('access.unauthenticated', 'Send an API token: Authorization: Bearer brd_…');
  const hash = sha256Hex(bearer);
  const actor = recallToken(hash);
  return actor ? { ctx: { actor, ...aboutCall(call) }, verified: true } : lookUp(call, bearer, hash);
}

const aboutCall = (call: Call) => ({
  requestId: usableId(call.requestId),
  ip: call.request.socket.remoteAddress,
});

async function lookUp(call: Call, bearer: string, hash: string): Promise<Caller> {
  const rest = aboutCall(call);
  const actor = await recognised(bearer, hash).catch((error: Error) => {
    log.warn({ error: error.message }, 'a token could not be looked up');
    return null;
  });
  if (actor === undefined) {
    known.delete(hash);
    throw new BraidError('access.unauthenticated', 'The token is unknown, revoked or expired.');
  }
  if (actor) {
    if (known.size >= MAX_ACTORS) known.clear();
    known.set(hash, actor);
    return { ctx: { actor, ...rest }, verified: true };
  }
  const last = known.get(hash);
  if (!last)
    throw new BraidError(
      'state_unavailable',
      'Shared state could not be reached, so the caller could not be recognised. Ask again.',
    );
  return { ctx: { actor: last, ...rest }, verified: false };
}

/** Verified callers only: what is not a decision is not answered in the dark. */
async function verified(call: Call): Promise<Ctx> {
  const { ctx, verified: sure } = await ctxOf(call);
  if (sure) return ctx;
  throw new BraidError('state_unavailable', 'Shared state could not be reached.');
}

const evaluation: Handler = async (call) => {
  const caller = ctxOf(call);
  const { ctx, verified: sure } = caller instanceof Promise ? await caller : caller;
  const body = await readJson(call, ONE_BYTES);
  const { verdict, text } = await decideOne(ctx, body, call.arrivedMs, sure);
  metrics.decisions.inc({ verdict });
  if (hungUp(call)) return releaseAll(ctx, [JSON.parse(text) as Answer]);
  send(call, 200, text, JSON_TYPE);
};

const evaluations: Handler = async (call) => {
  const { ctx, verified: sure } = await ctxOf(call);
  const answer = await evaluateMany(ctx, await readJson(call, MANY_BYTES), call.arrivedMs, sure);
  const all = 'evaluations' in answer ? answer.evaluations : [answer];
  for (const one of all) count(one);
  if (hungUp(call)) return releaseAll(ctx, all);
  send(call, 200, answer);
};

const JSON_TYPE = { 'Content-Type': 'application/json' };

const braidOf = (answer: Answer) =>
  answer.context.braid as { verdict?: string; hold_id?: string; decision_id?: string } | undefined;
const count = (answer: Answer): void => metrics.decisions.inc({ verdict: braidOf(answer)?.verdict ?? 'error' });

const hungUp = (call: Call): boolean => call.response.destroyed || call.request.socket.destroyed;

/** A caller that hung up before the first byte of its answer never got to act: what it holds and what was counted is given back. */
async function releaseAll(ctx: Ctx, answers: Answer[]): Promise<void> {
  for (const answer of answers) {
    const braid = braidOf(answer);
    const failed = (error: Error) =>
      log.warn({ error: error.message, decisionId: braid?.decision_id }, 'not given back');
    if (answer.decision && braid?.decision_id)
      await withdraw(ctx, { decisionId: braid.decision_id, holdId: braid.hold_id }).catch(failed);
  }
}

const holdId = (call: Call): string => call.path.split('/')[3]!;
const member = (body: unknown, name: string): unknown =>
  body && typeof body === 'object' ? (body as Record<string, unknown>)[name] : undefined;

const settleHold: Handler = async (call) => {
  const ctx = await verified(call);
  const body = await readJson(call, SMALL_BYTES, true);
  const amount = member(body, 'amount') as string | number | undefined;
  const attribute = member(body, 'attribute') as string | undefined;
  send(call, 200, await settle(ctx, { holdId: holdId(call), amount, attribute }));
};

const releaseHold: Handler = async (call) => {
  const ctx = await verified(call);
  await readJson(call, SMALL_BYTES, true);
  send(call, 200, await release(ctx, { holdId: holdId(call) }));
};

const extendHold: Handler = async (call) => {
  const ctx = await verified(call);
  await readJson(call, SMALL_BYTES, true);
  send(call, 200, await extend(ctx, { holdId: holdId(call) }));
};

const exposure: Handler = async (call) => {
  const ctx = await verified(call);
  const query = Object.fromEntries(new URL(call.target, 'http://pdp').searchParams);
  send(call, 200, await show(ctx, query));
};

const ready: Handler = async (call) => {
  const up = await ping();
  send(call, up ? 200 : 503, { ready: up });
};

const BUSIEST = {
  method: 'POST' as const,
  at: '/access/v1/evaluation',
  path: /^\/access\/v1\/evaluation$/,
  name: 'evaluation',
  authzen: true,
  handle: evaluation,
};

export const ROUTES: readonly Route[] = [
  BUSIEST,
  { method: 'POST', path: /^\/access\/v1\/evaluations$/, name: 'evaluations', authzen: true, handle: evaluations },
  ...authzenRoutes(verified),
  { method: 'POST', path: /^\/v1\/holds\/[0-9a-f-]{36}\/settle$/, name: 'settle', authzen: false, handle: settleHold },
  {
    method: 'POST',
    path: /^\/v1\/holds\/[0-9a-f-]{36}\/release$/,
    name: 'release',
    authzen: false,
    handle: releaseHold,
  },
  { method: 'POST', path: /^\/v1\/holds\/[0-9a-f-]{36}\/extend$/, name: 'extend', authzen: false, handle: extendHold },
  { method: 'GET', path: /^\/v1\/exposure$/, name: 'exposure', authzen: false, handle: exposure },
  {
    method: 'GET',
    path: /^\/healthz$/,
    name: 'healthz',
    authzen: false,
    handle: async (call) => send(call, 200, { ok: true }),
  },
  { method: 'GET', path: /^\/readyz$/, name: 'readyz', authzen: false, handle: ready },
  {
    method: 'GET',
    path: /^\/metrics$/,
    name: 'metrics',
    authzen: false,
    handle: async (call) =>
      send(call, 200, await metrics.registry.metrics(), { 'Content-Type': metrics.registry.contentType }),
  },
];

const allowed = (here: Pick<Route, 'method'>[]): string => [...new Set(here.map((one) => one.method))].join(', ');

async function serve(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
  const arrivedMs = performance.now();
  const target = request.url?.startsWith('/') ? request.url : '/';
  const path = target.split('?', 1)[0]!;
  const call: Call = { request, response, path, target, requestId: requestIdOf(request), arrivedMs };
  const busiest = path === BUSIEST.at && request.method === BUSIEST.method;
  const here = busiest ? [BUSIEST] : ROUTES.filter((one) => one.path.test(path));
  const route = here.find((one) => one.method === request.method);
  try {
    if (route) await route.handle(call);
    else if (here[0]) throw new BraidError('method.not_allowed', `Use ${allowed(here)}.`);
    else throw new BraidError('not_found', 'There is nothing here.');
  } catch (error) {
    const allow = !route && here[0] ? { Allow: allowed(here) } : undefined;
    sendError(call, error, here[0]?.authzen ?? false, allow);
  } finally {
    metrics.seconds.observe(
      { route: route?.name ?? 'none', status: response.statusCode },
      (performance.now() - arrivedMs) / 1000,
    );
  }
}

/** Starts a decision point on this process's database. `stop` takes no more, finishes what is in flight and closes. */
export async function startPdp(options: {
  port: number;
  host: string;
}): Promise<{ port: number; stop: () => Promise<void> }> {
  const server = http.createServer(
    { requestTimeout: 10_000, headersTimeout: 5_000, keepAliveTimeout: 65_000, maxHeaderSize: 16_384 },
    (request, response) => {
      void serve(request, response);
    },
  );
  server.maxRequestsPerSocket = 0;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        error.code === 'EADDRINUSE'
          ? new BraidError('start.port_in_use', `Port ${options.port} is in use: set BRAID_PDP_PORT to another.`)
          : error,
      ),
    );
    server.listen(options.port, options.host, resolve);
  });
  // Opens both connections before anybody waits for them.
  await Promise.all([ping(), authenticateToken('brd_nobody').catch(() => undefined)]);
  const drain = () => void recover().catch((error: Error) => log.warn({ error: error.message }, 'spool not drained'));
  const timer = setInterval(drain, RECOVER_MS).unref();
  drain();
  const address = server.address();
  return {
    port: address && typeof address === 'object' ? address.port : options.port,
    stop: async () => {
      clearInterval(timer);
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeIdleConnections();
      await closed;
      await closeLane();
      await disconnectDatabase();
    },
  };
}

if (process.env.BRAID_PROCESS === 'pdp' && env().BRAID_PDP_PROCESSES > 1 && cluster.isPrimary) {
  startFleet(env().BRAID_PDP_PROCESSES);
} else if (process.env.BRAID_PROCESS === 'pdp') {
  const pdp = await startPdp({ port: env().BRAID_PDP_PORT, host: env().BRAID_HOST });
  log.info({ port: pdp.port }, 'decision point listens');
  onStop(pdp.stop);
  announceReady();
}
