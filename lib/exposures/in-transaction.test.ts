import net from 'node:net';
import { afterEach, beforeAll, expect, test } from 'vitest';
import type { Ctx } from '@/lib/access/model';
import { connectDatabase, pool } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { decide } from '@/lib/decisions/decide';
import { verify } from '@/lib/decisions/verify';
import { show } from '@/lib/exposures/show';
import { newId } from '@/lib/platform/ids';
import { apply } from '@/lib/policies/apply';

const db = testDatabase();
const admin: Ctx = { actor: { kind: 'cli', name: 'cli:test' } };
const token: Ctx = {
  actor: { kind: 'token', id: newId(), name: 'payments-api', scopes: ['decide'], issuer: 'default' },
};

/** What happens to the connection when a commit passes: lost before the server has it, or after; with or without others. */
interface Fault {
  reaches: boolean;
  reconnects: boolean;
}

/** A cable that breaks at the commit of a decision. */
async function cable(): Promise<{ url: string; arm(fault: Fault): void; fired(): boolean; close(): void }> {
  const target = new URL(db.url);
  const sockets = new Set<net.Socket>();
  let armed: Fault | null = null;
  let refusing = false;
  let fired = false;
  const server = net.createServer((near) => {
    if (refusing) return near.destroy();
    const far = net.connect(Number(target.port), target.hostname);
    const cut = () => [near, far].forEach((one) => void one.destroy());
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => undefined).on('close', cut);
    }
    far.on('data', (chunk) => void near.write(chunk));
    near.on('data', (chunk) => {
      if (!armed || !chunk.includes('commit\0')) return void far.write(chunk);
      const { reaches, reconnects } = armed;
      armed = null;
      fired = true;
      refusing = !reconnects;
      far.removeAllListeners('data').resume(); // the answer never comes
      if (!reaches) return cut();
      far.write(chunk);
      setTimeout(cut, 150);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = new URL(db.url);
  url.hostname = '127.0.0.1';
  url.port = String((server.address() as net.AddressInfo).port);
  return {
    url: url.toString(),
    arm: (fault) => {
      armed = fault;
    },
    fired: () => fired,
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

beforeAll(() =>
  apply(admin, {
    source: `set: pay
default: allow
meters:
  paid: { sum: context.amount, unit: EUR, scale: 2, per: resource.id, over: 24h }
rules:
  - id: cap
    limit: { meter: paid, max: 100 }
`,
  }),
);

const ask = (resource: string, subject = 'svc') =>
  decide(token, {
    subject: { type: 'service_account', id: subject },
    action: { name: 'payment.create' },
    resource: { type: 'account', id: resource },
    context: { amount: 10, braid: { session: { id: 's' } } },
  });

const stored = async (resource: string) =>
  (await pool().query('select id, verdict from decisions where resource_id = $1 order by id', [resource])).rows;
const settled = async (key: string) => (await show(admin, { meter: 'paid', key })).items[0]?.settled ?? '0';

let plugged: Awaited<ReturnType<typeof cable>>;
async function broken(resource: string, fault: Fault) {
  plugged = await cable();
  connectDatabase(plugged.url);
  await ask(`${resource}-before`); // everything it needs is known and open
  plugged.arm(fault);
  const outcome = await ask(resource).then(
    (answer) => ({ answer, error: null }),
    (error: { code?: string; detail?: { committed?: string } }) => ({ answer: null, error }),
  );
  expect(plugged.fired()).toBe(true);
  return outcome;
}

afterEach(() => {
  connectDatabase(db.url);
  plugged.close();
});

test('a commit that happened though its answer was lost is answered as it was decided, and counts once', async () => {
  const { answer } = await broken('after', { reaches: true, reconnects: true });
  expect(answer).toMatchObject({ decision: true });
  connectDatabase(db.url);
  expect(await stored('after')).toEqual([{ id: answer!.context.evaluation_id, verdict: 'allow' }]);
  expect(await settled('after')).toBe('1000');
  expect((await verify(admin)).problems).toEqual([]);
});

test('a commit that never arrived is denied, and nothing of it is stored as allowed', async () => {
  const { answer } = await broken('lost', { reaches: false, reconnects: true });
  expect(answer).toMatchObject({ decision: false, context: { reason: 'state_unavailable' } });
  connectDatabase(db.url);
  expect(await stored('lost')).toEqual([]);
  expect(await settled('lost')).toBe('0');
  expect((await ask('lost')).decision).toBe(true);
  expect((await verify(admin)).problems).toEqual([]);
});

test('a commit nobody can be asked about is no decision: 503, never a deny', async () => {
  const { answer, error } = await broken('unknown', { reaches: true, reconnects: false });
  expect(answer).toBeNull();
  expect(error).toMatchObject({ code: 'state_unavailable', status: 503, detail: { committed: 'unknown' } });
  connectDatabase(db.url);
  expect(await stored('unknown')).toMatchObject([{ verdict: 'allow' }]);
});
