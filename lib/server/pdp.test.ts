import { type ChildProcess, spawn } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Ctx } from '@/lib/access/model';
import { pool } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { verify } from '@/lib/decisions/verify';
import { projectRoot } from '@/lib/platform/env';
import { newId, newSecret, sha256Hex } from '@/lib/platform/ids';
import { apply } from '@/lib/policies/apply';
import { readDir } from '@/lib/policies/read-dir';

const db = testDatabase();
const admin: Ctx = { actor: { kind: 'cli', name: 'cli:test' } };
const bearer = `brd_${newSecret(24)}`;
const children: ChildProcess[] = [];

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = net.createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as net.AddressInfo;
      server.close(() => resolve(port));
    });
  });

interface Pdp {
  url: string;
  process: ChildProcess;
  home: string;
}

async function startProcess(databaseUrl: string): Promise<Pdp> {
  const port = await freePort();
  const home = fs.mkdtempSync(path.join(os.tmpdir(), 'braid-pdp-'));
  const child = spawn(process.execPath, ['--import', 'tsx', path.join(projectRoot(), 'lib/server/pdp.ts')], {
    cwd: projectRoot(),
    env: {
      ...process.env,
      DATABASE_URL: databaseUrl,
      BRAID_HOME: home,
      BRAID_PDP_PORT: String(port),
      BRAID_PROCESS: 'pdp',
      BRAID_LOG_LEVEL: 'error',
    },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  children.push(child);
  await new Promise<void>((resolve, reject) => {
    child.once('message', () => resolve());
    child.once('exit', (code) => reject(new Error(`pdp ended with ${code}`)));
  });
  return { url: `http://127.0.0.1:${port}`, process: child, home };
}

interface Answered {
  status: number;
  headers: Headers;
  body: { decision?: boolean; context?: Record<string, unknown> & { braid?: Record<string, unknown> } } & Record<
    string,
    unknown
  >;
}

async function call(
  pdp: Pdp,
  target: string,
  body: unknown,
  init: { method?: string; headers?: Record<string, string>; raw?: string } = {},
): Promise<Answered> {
  const response = await fetch(pdp.url + target, {
    method: init.method ?? 'POST',
    headers: { Authorization: `Bearer ${bearer}`, 'Content-Type': 'application/json', ...init.headers },
    body: init.method === 'GET' || init.method === 'PUT' ? undefined : (init.raw ?? JSON.stringify(body)),
  });
  const text = await response.text();
  const json = response.headers.get('content-type')?.includes('json');
  return { status: response.status, headers: response.headers, body: json ? JSON.parse(text) : { text } };
}

const question = (
  subject: string,
  resource: string,
  session: string,
  amount: number,
  braid: Record<string, unknown> = {},
) => ({
  subject: { type: 'service_account', id: subject },
  action: { name: 'payment.create' },
  resource: { type: 'account', id: resource },
  context: { amount, braid: { session: { id: session }, ...braid } },
});
const read = {
  subject: { type: 'user', id: 'alice' },
  action: { name: 'can_read' },
  resource: { type: 'record', id: '1' },
};
const ask = (pdp: Pdp, body: unknown, init?: Parameters<typeof call>[3]) =>
  call(pdp, '/access/v1/evaluation', body, init);

const addToken = (id: string, token: string, scopes: string[]) =>
  pool().query('insert into api_tokens (id, name, scopes, hash, prefix, created_by) values ($1, $2, $3, $4, $5, $6)', [
    id,
    'test',
    scopes,
    sha256Hex(token),
    token.slice(0, 8),
    'test',
  ]);

let one: Pdp;
let two: Pdp;

beforeAll(async () => {
  await addToken(newId(), bearer, ['decide', 'read']);
  await apply(admin, { files: readDir(path.join(projectRoot(), 'docs/examples/policies/payments')) });
  [one, two] = await Promise.all([startProcess(db.url), startProcess(db.url)]);
}, 60_000);

afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
});

describe('two processes, one truth', () => {
  test('B1: 200 parallel requests from many sessions never exceed the limit, and reach it exactly', async () => {
    const answers = await Promise.all(
      Array.from({ length: 200 }, (_, i) =>
        ask(i % 2 ? one : two, question(`svc-b1-${i % 3}`, 'acct-b1', `s${i % 17}`, 100)),
      ),
    );
    expect(answers.every((answer) => answer.status === 200)).toBe(true);
    expect(answers.filter((answer) => answer.body.decision)).toHaveLength(100);
    const exposure = await call(one, '/v1/exposure?meter=paid_24h&scope=resource.id&key=acct-b1', null, {
      method: 'GET',
    });
    expect((exposure.body.items as object[])[0]).toMatchObject({
      settled: '1000000',
      held: '0',
      limit: '1000000',
      available: '0',
    });
    expect((await verify(admin)).problems).toEqual([]);
  });

  test('fresh keys asked by both at once never deadlock', async () => {
    const answers = await Promise.all(
      Array.from({ length: 400 }, (_, i) =>
        ask(i % 2 ? one : two, question(`svc-fresh-${(i * 7) % 40}`, `acct-fresh-${(i * 13) % 50}`, `s${i % 5}`, 1)),
      ),
    );
    expect(answers.filter((answer) => !answer.body.decision)).toEqual([]);
  });

  test('the same key asked of both at once counts once', async () => {
    const body = question('svc-idem', 'acct-idem', 's', 50, { idempotency_key: 'one' });
    const answers = await Promise.all(Array.from({ length: 40 }, (_, i) => ask(i % 2 ? one : two, body)));
    expect(new Set(answers.map((answer) => answer.body.context!.braid!.decision_id)).size).toBe(1);
    const other = await ask(two, question('svc-idem', 'acct-idem', 's', 51, { idempotency_key: 'one' }));
    expect(other.status).toBe(409);
  });

  test('kill -9 under load leaves a consistent ledger, and what was answered is in it', async () => {
    const third = await startProcess(db.url);
    const answered: string[] = [];
    const load = Promise.allSettled(
      Array.from({ length: 300 }, async (_, i) => {
        const answer = await ask(i % 3 ? third : one, question('svc-kill', `acct-kill-${i % 4}`, `s${i % 9}`, 10));
        answered.push(answer.body.context!.evaluation_id as string);
        if (answered.length === 60) third.process.kill('SIGKILL');
      }),
    );
    await load;
    const logged = await pool().query('select id from decisions where id = any($1::uuid[])', [answered]);
    expect(logged.rowCount).toBe(answered.length);
    expect((await verify(admin)).problems).toEqual([]);
    expect((await ask(one, question('svc-kill', 'acct-kill-0', 's1', 1))).status).toBe(200);
  });
});

describe('AuthZEN shapes', () => {
  test('content types, methods, bodies and credentials', async () => {
    expect((await ask(one, read, { headers: { 'Content-Type': 'application/json; charset=utf-8' } })).status).toBe(200);
    expect((await ask(one, read, { headers: { 'Content-Type': 'text/plain' } })).status).toBe(415);
    for (const method of ['GET', 'PUT']) expect((await ask(one, null, { method })).status).toBe(405);
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

/** A database that can be taken away: bytes pass through here until it is cut. */
class Cable {
  private readonly server: net.Server;
  private readonly sockets = new Set<net.Socket>();
  private cut = false;
  constructor(private readonly target: URL) {
    this.server = net.createServer((near) => {
      if (this.cut) return near.destroy();
      const far = net.connect(Number(this.target.port), this.target.hostname);
      for (const socket of [near, far]) {
        this.sockets.add(socket);
        socket.on('error', () => undefined).on('close', () => [near, far].forEach((one) => void one.destroy()));
      }
      near.pipe(far).pipe(near);
    });
  }
  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    const url = new URL(this.target);
    url.hostname = '127.0.0.1';
    url.port = String((this.server.address() as net.AddressInfo).port);
    return url.toString();
  }
  sever(): void {
    this.cut = true;
    for (const socket of this.sockets) socket.destroy();
    this.sockets.clear();
  }
  /** Nothing is refused, but nothing comes through any more. */
  stall(): void {
    for (const socket of this.sockets) socket.pause().unpipe();
  }
  mend(): void {
    this.cut = false;
  }
  close(): void {
    this.sever();
    this.server.close();
  }
}

test('a lost database denies within 2 s, is logged on recovery, and heals by itself', async () => {
  const cable = new Cable(new URL(db.url));
  const pdp = await startProcess(await cable.listen());
  const body = (n: number) => question('svc-lost', 'acct-lost', `s${n}`, 10);
  expect((await ask(pdp, body(0))).body.decision).toBe(true);
  for (const takeAway of [() => cable.sever(), () => cable.stall()]) {
    takeAway();
    const began = performance.now();
    const answers = await Promise.all([1, 2, 3].map((n) => ask(pdp, body(n))));
    expect(performance.now() - began).toBeLessThan(2_300);
    for (const answer of answers) {
      expect(answer.status).toBe(200);
      expect(answer.body).toMatchObject({ decision: false, context: { reason: 'state_unavailable' } });
    }
    cable.sever();
    cable.mend();
    await expect.poll(async () => (await ask(pdp, body(4))).body.decision, { timeout: 10_000 }).toBe(true);
    const ids = answers.map((answer) => answer.body.context!.evaluation_id);
    const logged = async () =>
      (
        await pool().query(
          `select count(*)::int as n from decisions where id = any($1::uuid[]) and reason = 'state_unavailable'`,
          [ids],
        )
      ).rows[0].n;
    await expect.poll(logged, { timeout: 15_000 }).toBe(3);
  }
  expect((await verify(admin)).problems).toEqual([]);
  cable.close();
}, 60_000);

test('it stops in order: what is in flight is answered', async () => {
  const pdp = await startProcess(db.url);
  const inFlight = Promise.all(
    Array.from({ length: 30 }, (_, i) => ask(pdp, question('svc-stop', 'acct-stop', `s${i}`, 1))),
  );
  await ask(pdp, read);
  const ended = new Promise((resolve) => pdp.process.once('exit', resolve));
  pdp.process.kill('SIGTERM');
  expect((await inFlight).every((answer) => answer.status === 200)).toBe(true);
  expect(await ended).toBe(0);
});
