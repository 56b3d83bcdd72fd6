// For tests only: real decision point processes and how a service asks them.
import { type ChildProcess, spawn } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import type { Ctx } from '@/lib/access/model';
import { record } from '@/lib/audit/record';
import { transaction } from '@/lib/db/transaction';
import { projectRoot } from '@/lib/platform/env';
import { newId, newSecret, sha256Hex } from '@/lib/platform/ids';
import { apply } from '@/lib/policies/apply';
import { readDir } from '@/lib/policies/read-dir';
import { bundle, nodeArguments } from '@/lib/server/bundle';

export const admin: Ctx = { actor: { kind: 'cli', name: 'cli:test' } };
export const bearer = `brd_${newSecret(24)}`;
const children: ChildProcess[] = [];

export const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = net.createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as net.AddressInfo;
      server.close(() => resolve(port));
    });
  });

export interface Pdp {
  url: string;
  process: ChildProcess;
  home: string;
}

export async function startProcess(databaseUrl: string, extra: Record<string, string> = {}): Promise<Pdp> {
  const port = await freePort();
  const home = fs.mkdtempSync(path.join(os.tmpdir(), 'braid-pdp-'));
  const child = spawn(process.execPath, nodeArguments(await bundle('lib/server/pdp.ts')), {
    cwd: projectRoot(),
    env: {
      ...process.env,
      DATABASE_URL: databaseUrl,
      BRAID_HOME: home,
      BRAID_PDP_PORT: String(port),
      BRAID_PROCESS: 'pdp',
      BRAID_LOG_LEVEL: 'error',
      ...extra,
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

export async function call(
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

export const question = (
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
export const read = {
  subject: { type: 'user', id: 'alice' },
  action: { name: 'can_read' },
  resource: { type: 'record', id: '1' },
};
export const ask = (pdp: Pdp, body: unknown, init?: Parameters<typeof call>[3]) =>
  call(pdp, '/access/v1/evaluation', body, init);

/** A token of a value that is known before, made as the log says. */
export const addToken = (id: string, token: string, scopes: string[]) =>
  transaction(async (tx) => {
    const sha256 = sha256Hex(token);
    await tx.$executeRaw`insert into api_tokens (id, name, scopes, hash, prefix, created_by)
      values (${id}::uuid, 'test', ${scopes}, ${sha256}, ${token.slice(0, 8)}, 'test')`;
    const detail = { scopes, issuer: 'default', expiresAt: null, sha256 };
    await record(tx, admin, { action: 'token.create', target: { type: 'token', id, name: 'test' }, detail });
  });

/** Two decision points on one database, with a token and the example policies; ended with the test file. */
export async function startTwo(databaseUrl: string): Promise<[Pdp, Pdp]> {
  await addToken(newId(), bearer, ['decide', 'read']);
  await apply(admin, { files: readDir(path.join(projectRoot(), 'docs/examples/policies/payments')) });
  return Promise.all([startProcess(databaseUrl), startProcess(databaseUrl)]);
}

export const endAll = (): void => {
  for (const child of children) child.kill('SIGKILL');
};
