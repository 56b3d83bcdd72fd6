// The respond worker is killed (-9) at every step boundary and in the middle of every step, again and again, in one
// revocation over three systems: it goes on, does no harm twice, and ends where it should.
import { type ChildProcess, spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { create } from '@/lib/connectors/create';
import { prisma } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { projectRoot } from '@/lib/platform/env';
import { newId } from '@/lib/platform/ids';
import type { RevocationDetail } from '@/lib/revocations/model';
import { request } from '@/lib/revocations/request';
import { show } from '@/lib/revocations/show';

const db = testDatabase();
const ctx = { actor: { kind: 'operator' as const, id: newId(), name: 'Rae Responder', role: 'admin' as const } };
const why = { reasonCode: 'test' as const, reason: 'drill' };
const tag = newId().slice(-8);
const systems = ['a', 'b', 'c'].map((one) => `${one}_${tag}`);
const name = `svc_${tag}`;
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'braid-journal-'));
const started: ChildProcess[] = [];
const identityId = newId();

beforeAll(async () => {
  fs.writeFileSync(path.join(folder, 'journal'), '');
  const at = new Date().toISOString();
  const aliases: { issuer: string; type: string; externalId: string; reason: string }[] = [];
  for (const world of systems) {
    const sessions = [1, 2, 3].map((n) => ({
      key: `${name}:${n}`,
      externalIdentityId: name,
      kind: 'api',
      label: `client ${n}`,
      startedAt: at,
      lastEventAt: at,
      idle: false,
      native: { name, number: n },
    }));
    fs.writeFileSync(path.join(folder, `${world}.json`), JSON.stringify({ blocked: false, sessions }));
    const values = { world, identities: `${name}:0`, linkByName: 'false' };
    const { id } = await create(ctx, { vendor: 'simulator', name: world, values });
    aliases.push({ issuer: `connector:${id}`, type: '*', externalId: name, reason: 'test' });
  }
  const known = { id: identityId, name, externalId: name, kind: 'service_account' };
  await prisma().identity.create({ data: { ...known, aliases: { create: aliases } } });
});
afterAll(() => {
  for (const child of started) child.kill('SIGKILL');
  fs.rmSync(folder, { recursive: true, force: true });
});

function worker(): ChildProcess {
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', '--import', './lib/revocations/testing-journal-world.ts', 'lib/server/respond.ts'],
    {
      cwd: projectRoot(),
      env: {
        ...process.env,
        BRAID_PROCESS: 'respond',
        BRAID_LOG_LEVEL: 'error',
        DATABASE_URL: db.url,
        JOURNAL_FOLDER: folder,
        JOURNAL_WORLDS: systems.join(','),
        JOURNAL_IDENTITY: name,
      },
      stdio: ['ignore', 'inherit', 'inherit'],
    },
  );
  started.push(child);
  return child;
}

const journal = () => fs.readFileSync(path.join(folder, 'journal'), 'utf8').split('\n').filter(Boolean);

async function until<T>(look: () => Promise<T | undefined | false> | T | undefined | false, ms = 60_000): Promise<T> {
  for (const end = performance.now() + ms; ; ) {
    const found = await look();
    if (found) return found;
    if (performance.now() > end) throw new Error(`not within ${ms} ms: ${look.toString()}\n${journal().join('\n')}`);
    await sleep(20);
  }
}

async function killed(child: ChildProcess): Promise<void> {
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await gone;
}

/** Lets a worker run into the point and kills it there. */
async function killAt(point: string): Promise<void> {
  const hold = path.join(folder, `hold ${point}`);
  fs.writeFileSync(hold, '');
  const [world, ...rest] = point.split(' ');
  const before = journal().length;
  const child = worker();
  await until(() => {
    if (child.exitCode !== null) throw new Error('the worker ended by itself');
    return journal()
      .slice(before)
      .includes(`${world} held ${rest.join(' ')}`);
  });
  await killed(child);
  fs.rmSync(hold);
}

async function carriedOut(id: string, points: string[]): Promise<RevocationDetail> {
  for (const point of points) {
    await killAt(point);
    const now = await show(ctx, { id });
    expect([point, now.state, now.verifiedAt]).toEqual([point, expect.not.stringMatching(/verified|failed/), null]);
  }
  const child = worker();
  const done = await until(async () => {
    const now = await show(ctx, { id });
    return now.state === 'verified' && now;
  });
  await killed(child);
  return done;
}

const deeds = (world: string) =>
  journal().flatMap((line) => (line.startsWith(`${world} did `) ? [line.slice(world.length + 5)] : []));
/** Held and killed in; the others run beside it and die wherever they are. */
const [a] = systems as [string];

test('revoked over three systems under kill -9 at every point: once each, in order, proven', {
  timeout: 400_000,
}, async () => {
  const { revocationId } = await request(ctx, { kind: 'revoke', identityId, ...why });
  const done = await carriedOut(revocationId, [
    `${a} before block`,
    `${a} after block`, // done there, not written here
    `${a} before end`, // the boundary between two steps
    `${a} after end`,
    `${a} probe`,
    `${a} probe`,
  ]);
  for (const world of systems) {
    const [first, ...rest] = deeds(world);
    expect([world, first]).toEqual([world, 'block']);
    // Asked again after a kill it finds nothing left to do: every session was ended once, and nobody was blocked twice.
    expect(rest.filter((deed) => deed !== 'end 0')).toEqual(['end 3']);
    const own = done.steps.filter((step) => step.system === world);
    expect(own.map((step) => [step.verb, step.state])).toEqual([
      ['block', 'verified'],
      ['terminate', 'verified'],
      ['probe', 'verified'],
    ]);
    // What the block found before the first try is still known after the kills.
    expect(own[0]!.proof).toMatchObject([{ check: 'could log in before', saw: name }]);
  }
  expect(done.steps.some((step) => step.attempts > 1)).toBe(true);
});

test('given back under kill -9: what was taken, once, and nothing is ended after it', {
  timeout: 300_000,
}, async () => {
  const { revocationId } = await request(ctx, { kind: 'restore', identityId, ...why });
  await carriedOut(revocationId, [`${a} before unblock`, `${a} after unblock`]);
  for (const world of systems) {
    expect([world, deeds(world).at(-1)]).toEqual([world, 'unblock']);
    expect(deeds(world).filter((deed) => deed === 'unblock')).toHaveLength(1);
    expect(JSON.parse(fs.readFileSync(path.join(folder, `${world}.json`), 'utf8'))).toMatchObject({ blocked: false });
  }
});
