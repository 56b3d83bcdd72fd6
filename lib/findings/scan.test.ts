// Real decisions on real shared state, then what detection makes of them.
import { beforeAll, describe, expect, test } from 'vitest';
import { type Ctx, systemCtx } from '@/lib/access/model';
import { prisma } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { decide } from '@/lib/decisions/decide';
import { flushSessions } from '@/lib/exposures/touch/store';
import { list } from '@/lib/findings/list';
import { scanDecisions } from '@/lib/findings/scan-decisions';
import { scanSessions } from '@/lib/findings/scan-sessions';
import { show } from '@/lib/findings/show';
import { newId } from '@/lib/platform/ids';
import { apply } from '@/lib/policies/apply';

testDatabase();
const admin: Ctx = { actor: { kind: 'cli', name: 'cli:test' } };
const system = systemCtx('detection');
const token: Ctx = { actor: { kind: 'token', id: newId(), name: 'api', scopes: ['decide'], issuer: 'default' } };

interface Asked {
  subject: string;
  action: string;
  resource?: string;
  amount?: number;
  session: Record<string, unknown>;
}
const ask = async ({ subject, action, resource = 'r', amount, session }: Asked) =>
  (
    await decide(token, {
      subject: { type: 'service_account', id: subject },
      action: { name: action },
      resource: { type: 'account', id: resource },
      context: { ...(amount === undefined ? {} : { amount }), braid: { session } },
    })
  ).decision;

const found = async (subject: string) => (await list(admin, { q: subject })).items;

beforeAll(async () => {
  await apply(admin, {
    source: `set: test
default: allow
meters:
  paid: { sum: context.amount, unit: EUR, scale: 2, per: resource.id, over: 24h, on: action.name == "payment.create" }
  calls: { count: true, per: identity.id, over: 1h, on: action.name == "tool.call" }
  job: { lease: true, per: credential.id, hold: 90s, on: action.name == "job.start" }
  crowd: { live_sessions: true, per: identity, on: action.name == "approval.request" }
rules:
  - id: cap
    limit: { meter: paid, max: 10000, verdict: deny }
  - id: rate
    limit: { meter: calls, max: 9, verdict: deny }
  - id: single
    limit: { meter: job, max: 1, verdict: deny }
  - id: crowded
    limit: { meter: crowd, max: 50 }
  - id: beside
    on: action.name == "approval.request"
    step_up: sessions.exists(s, s.id != session.id && "maintenance" in s.tags)
`,
  });
});

describe('decisions', () => {
  test('payments split over three sessions are one finding that names them, however often it is looked at', async () => {
    const pay = (session: string, amount: number) =>
      ask({ subject: 'svc-split', action: 'payment.create', resource: 'acct-1', amount, session: { id: session } });
    expect([await pay('a', 4000), await pay('b', 4000), await pay('c', 1400), await pay('c', 2800)]).toEqual([
      true,
      true,
      true,
      false,
    ]);
    expect(await scanDecisions(system)).toMatchObject({ raised: 1 });
    expect(await scanDecisions(system)).toMatchObject({ raised: 0, updated: 0 });
    const [one] = await found('svc-split');
    expect(one).toMatchObject({ detector: 'structuring', severity: 'high', occurrences: 1 });
    const detail = await show(admin, { id: one!.id });
    expect(detail.sessions.map((session) => session.label).length).toBe(3);
    expect(detail.decisions).toMatchObject([{ verdict: 'deny', alone: 'allow', amount: '280000' }]);
    expect(await pay('a', 700)).toBe(false);
    expect(await scanDecisions(system)).toMatchObject({ raised: 0, updated: 1 });
    expect((await found('svc-split'))[0]).toMatchObject({ occurrences: 2 });
  });
  test('one session that fills the limit by itself is none', async () => {
    for (let n = 0; n < 4; n += 1)
      await ask({
        subject: 'svc-alone',
        action: 'payment.create',
        resource: 'acct-2',
        amount: 3000,
        session: { id: 'only' },
      });
    await scanDecisions(system);
    expect(await found('svc-alone')).toEqual([]);
  });
  test('calls over three sessions cross the rate of the agent; of another kind it is a limit held by shared state', async () => {
    for (const [subject, kind, detector] of [
      ['research', 'ai_agent', 'agent-spread'],
      ['robot', 'service_account', 'limit-crossed'],
    ] as const) {
      await ask({ subject, action: 'ping', session: { id: 'first' } });
      await prisma().identity.updateMany({ where: { name: subject }, data: { kind } });
      for (let n = 0; n < 12; n += 1) await ask({ subject, action: 'tool.call', session: { id: `run-${n % 3}` } });
      await scanDecisions(system);
      expect((await found(subject)).map((one) => one.detector)).toEqual([detector]);
    }
  });
  test('two clients of one credential contend for a job; the one that holds it does not', async () => {
    const start = (id: string) => ask({ subject: 'batch', action: 'job.start', session: { id, key: 'key-1' } });
    expect([await start('scheduler'), await start('application')]).toEqual([true, false]);
    await scanDecisions(system);
    expect((await found('batch')).map((one) => one.detector)).toEqual(['lease-contention']);
  });
  test('an approval asked beside maintenance', async () => {
    await ask({ subject: 'release', action: 'step', session: { id: 'm', tags: ['maintenance'] } });
    expect(await ask({ subject: 'release', action: 'approval.request', session: { id: 'p' } })).toBe(false);
    await scanDecisions(system);
    // And nothing of the limit beside it, which refused nothing.
    expect(await found('release')).toMatchObject([{ detector: 'approval-beside-maintenance', severity: 'medium' }]);
  });
});

describe('sessions', () => {
  test('one key reads in one region and changes in another', async () => {
    const from = (region: string, action: string) =>
      ask({ subject: 'deploy', action, session: { id: region, region, key: 'key-deploy' } });
    for (let n = 0; n < 10; n += 1) await from('eu-west', 'artifact.read');
    await from('us-east', 'config.update');
    await flushSessions();
    await scanSessions(system);
    // One change among so few acts may be chance.
    expect(await found('deploy')).toEqual([]);
    for (let n = 0; n < 2; n += 1) await from('us-east', 'config.update');
    await from('eu-west', 'artifact.read');
    await flushSessions(); // as the decision point does of itself within a few seconds
    await scanSessions(system);
    expect((await found('deploy'))[0]).toMatchObject({ detector: 'read-change-split', severity: 'high' });
  });
  test('a pool of 56 is normal until its identity is given a limit; each time above it is one occurrence', async () => {
    for (let n = 0; n < 56; n += 1) await ask({ subject: 'pool', action: 'ping', session: { id: `p${n}` } });
    await scanSessions(system);
    expect(await found('pool')).toEqual([]);
    await prisma().identity.updateMany({ where: { name: 'pool' }, data: { concurrencyLimit: 40 } });
    await scanSessions(system);
    await scanSessions(system);
    expect(await found('pool')).toMatchObject([
      { detector: 'concurrency-limit', title: '56 sessions at once, limit 40', occurrences: 1 },
    ]);
    await ask({ subject: 'pool', action: 'ping', session: { id: 'p56' } });
    await scanSessions(system);
    expect(await found('pool')).toMatchObject([{ title: '57 sessions at once, limit 40', occurrences: 1 }]);
    await prisma().identity.updateMany({ where: { name: 'pool' }, data: { concurrencyLimit: 80 } });
    await scanSessions(system);
    await scanSessions(system);
    await prisma().identity.updateMany({ where: { name: 'pool' }, data: { concurrencyLimit: 40 } });
    await scanSessions(system);
    await scanSessions(system);
    expect(await found('pool')).toMatchObject([{ title: '57 sessions at once, limit 40', occurrences: 2 }]);
  });
});
