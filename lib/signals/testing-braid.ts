// For tests only: a Braid of its own process as far as shared signals go: its endpoints over HTTP, its workers, and its verbs
// under /control/<verb>. `startBraid` starts one; run as a program it is one.
import { type ChildProcess, spawn } from 'node:child_process';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createSocket } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { projectRoot } from '@/lib/platform/env';

const started: ChildProcess[] = [];

export interface Braid {
  url: string;
  /** Runs a verb in it as its administrator; throws what it said. */
  ask: <T>(verb: string, input?: unknown) => Promise<T>;
  stop: () => void;
}

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createSocket().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });

/** What suites are told of their servers is none of Braid's settings. */
const inherited = (): NodeJS.ProcessEnv =>
  Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !name.startsWith('BRAID_') || /_(SECRET_KEY|LOG_LEVEL)$/.test(name)),
  ) as NodeJS.ProcessEnv;

/** A Braid on this database. */
export async function startBraid(databaseUrl: string): Promise<Braid> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const child = spawn(process.execPath, ['--import', 'tsx', path.join(projectRoot(), 'lib/signals/testing-braid.ts')], {
    cwd: projectRoot(),
    env: { ...inherited(), DATABASE_URL: databaseUrl, BRAID_URL: url, PORT: String(port), TESTING_BRAID: 'yes' },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  started.push(child);
  const ask = async <T>(verb: string, input: unknown = {}): Promise<T> => {
    const answer = await fetch(`${url}/control/${verb}`, { method: 'POST', body: JSON.stringify(input) });
    const text = await answer.text();
    if (!answer.ok) throw new Error(text);
    return (text ? JSON.parse(text) : undefined) as T;
  };
  for (let waited = 0; ; waited += 100) {
    const there = await fetch(`${url}/.well-known/ssf-configuration`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (there) return { url, ask, stop: () => void child.kill('SIGKILL') };
    if (waited > 50_000 || child.exitCode !== null) throw new Error('a Braid did not start');
    await sleep(100);
  }
}

/** Leaves none of those started here. */
export const stopAll = (): void => {
  for (const child of started) child.kill('SIGKILL');
};

async function controls() {
  const [add, change, list] = await Promise.all([
    import('@/lib/signals/add-source'),
    import('@/lib/signals/change-source'),
    import('@/lib/signals/list-received'),
  ]);
  const ctx = { actor: { kind: 'cli', name: 'cli:test' } } as const;
  const { addReceiver } = await import('@/lib/signals/add-receiver');
  const { changeReceiver, removeReceiver } = await import('@/lib/signals/change-receiver');
  const { listReceivers } = await import('@/lib/signals/list-receivers');
  const { listSources } = await import('@/lib/signals/list-sources');
  const { listSent } = await import('@/lib/signals/list-sent');
  const { setStatus } = await import('@/lib/signals/set-status');
  const { verifyStream } = await import('@/lib/signals/ask-verification');
  const { verifySource } = await import('@/lib/signals/verify-source');
  const { rotateKey } = await import('@/lib/signals/keys');
  const { sweep, tidy } = await import('@/lib/signals/sweep');
  const { request } = await import('@/lib/revocations/request');
  const { create } = await import('@/lib/findings/create');
  const { close } = await import('@/lib/findings/close');
  type Verb = (ctx: unknown, input: never) => Promise<unknown>;
  const verbs: Record<string, Verb> = {
    addReceiver: addReceiver as Verb,
    changeReceiver: changeReceiver as Verb,
    removeReceiver: removeReceiver as Verb,
    listReceivers: listReceivers as Verb,
    listSources: listSources as Verb,
    listSent: listSent as Verb,
    listReceived: list.listReceived as Verb,
    addSource: add.addSource as Verb,
    changeSource: change.changeSource as Verb,
    removeSource: change.removeSource as Verb,
    setStatus: setStatus as Verb,
    verifyStream: verifyStream as Verb,
    verifySource: verifySource as Verb,
    rotateKey: rotateKey as Verb,
    request: request as Verb,
    createFinding: create as Verb,
    closeFinding: close as Verb,
    sweep: () => sweep(),
    tidy: () => tidy(),
  };
  return (verb: string, input: unknown) => verbs[verb]!(ctx, input as never);
}

const bodyOf = async (request: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
};

async function send(response: ServerResponse, answer: Response): Promise<void> {
  response.writeHead(answer.status, Object.fromEntries(answer.headers));
  response.end(Buffer.from(await answer.arrayBuffer()));
}

async function main(): Promise<void> {
  const { serve } = await import('@/lib/signals/serve');
  const { resourceMetadata, serverMetadata, transmitterMetadata } = await import('@/lib/signals/describe');
  const { work } = await import('@/lib/jobs/work');
  const { every } = await import('@/lib/jobs/every');
  const { pollSources } = await import('@/lib/signals/poll-source');
  const { applySignal } = await import('@/lib/jobs/tasks/apply-signal');
  const { sendSignals } = await import('@/lib/jobs/tasks/send-signals');
  const { toBraidError } = await import('@/lib/platform/errors');
  const control = await controls();
  await work({ 'apply-signal': applySignal, 'send-signals': sendSignals }, { concurrency: 4 });
  every('poll-signals', 200, pollSources);
  const known: Record<string, () => object> = {
    '/.well-known/ssf-configuration': transmitterMetadata,
    '/.well-known/oauth-authorization-server': serverMetadata,
    '/.well-known/oauth-protected-resource': resourceMetadata,
  };
  const answer = async (request: IncomingMessage): Promise<Response> => {
    const url = new URL(request.url ?? '/', process.env.BRAID_URL);
    const metadata = known[url.pathname];
    if (metadata) return Response.json(metadata());
    const body = await bodyOf(request);
    if (url.pathname.startsWith('/control/')) {
      try {
        return Response.json((await control(url.pathname.slice(9), JSON.parse(body.toString() || '{}'))) ?? null);
      } catch (error) {
        const { code, publicMessage, cause } = toBraidError(error);
        return Response.json({ code, publicMessage, cause: String(cause) }, { status: 500 });
      }
    }
    const method = request.method ?? 'GET';
    const given = { method, headers: request.headers as Record<string, string> };
    return serve(
      new Request(url, method === 'GET' || method === 'DELETE' ? given : { ...given, body: body.toString() }),
    );
  };
  const server = createServer((request, response) => void answer(request).then((one) => send(response, one)));
  server.keepAliveTimeout = 120_000; // a caller that was busy for a while finds its connection still open
  server.listen(Number(process.env.PORT), '127.0.0.1');
}

if (process.env.TESTING_BRAID === 'yes') await main();
