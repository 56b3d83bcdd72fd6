// What detectors find in decisions on shared state: real requests, decided as ever, some of them wrong together.
import type { Seen } from '@/bench/detect/feed';
import { HOUR, iso } from '@/bench/detect/records';
import type { Scenario } from '@/bench/detect/scenarios';
import { type Ctx, systemCtx } from '@/lib/access/model';
import { prisma } from '@/lib/db/client';
import { decide } from '@/lib/decisions/decide';
import { flushSessions } from '@/lib/exposures/touch/store';
import { scanDecisions } from '@/lib/findings/scan-decisions';
import { scanSessions } from '@/lib/findings/scan-sessions';
import { clock } from '@/lib/platform/clock';
import { newId } from '@/lib/platform/ids';
import { apply } from '@/lib/policies/apply';
import { ingest } from '@/lib/sessions/ingest';

const POLICY = `set: detection
default: allow
meters:
  paid: { sum: context.amount, unit: EUR, scale: 2, per: resource.id, over: 24h, on: action.name == "payment.create" }
  calls: { count: true, per: identity.id, over: 1h, on: action.name == "tool.call" }
  job: { lease: true, per: credential.id, hold: 90s, on: action.name == "job.start" }
rules:
  - id: cap
    limit: { meter: paid, max: 10000, verdict: deny }
  - id: rate
    limit: { meter: calls, max: 9, verdict: deny }
  - id: single
    limit: { meter: job, max: 1, verdict: deny }
  - id: closed
    on: action.name == "vault.read"
    deny: resource.id.startsWith("secret")
  - id: beside
    on: action.name == "approval.request"
    step_up: sessions.exists(s, s.id != session.id && "maintenance" in s.tags)
`;
const system = systemCtx('detection');
const admin: Ctx = { actor: { kind: 'cli', name: 'cli:bench' } };
const caller: Ctx = { actor: { kind: 'token', id: newId(), name: 'bench', scopes: ['decide'], issuer: 'default' } };

type Ask = (action: string, session: object, more?: { amount?: number; resource?: string }) => Promise<void>;
interface Given {
  ask: Ask;
  /** Of the identity that asks. */
  set: (data: { kind?: string; concurrencyLimit?: number }) => Promise<void>;
  who: string;
}

const times = async (count: number, work: (n: number) => Promise<void>): Promise<void> => {
  for (let n = 0; n < count; n += 1) await work(n);
};

/** A session its system lists, of which nothing is told, as the sweep marks it after a quarter of an hour. */
async function listed(who: string, name: string, dark: boolean): Promise<void> {
  const key = `${who} ${name}`;
  await ingest([
    [
      {
        source: 'bench',
        eventId: key,
        at: iso(clock.ms() - HOUR),
        identity: { issuer: 'default', type: 'service_account', externalId: who, name: who, kind: 'service_account' },
        session: { key, kind: 'database', label: key, phase: 'open', gapSecs: 86_400, observedBy: 'native' },
        credential: null,
        action: 'connect',
        class: 'session',
        outcome: 'success',
        network: '10.20.0.5',
        region: null,
        agent: null,
        resource: null,
        attributes: {},
      },
    ],
  ]);
  await prisma().session.updateMany({
    where: { groupKey: key },
    data: { dark, state: 'live', endedAt: null, lastEventAt: clock.now() },
  });
}

/** Name → what has to be found, and what is done. */
const CASES: Record<string, [Scenario['expects'], (given: Given) => Promise<void>]> = {
  'amounts split over three sessions': [
    ['structuring'],
    async ({ ask, who }) => {
      for (const [id, amount] of [
        ['a', 4000],
        ['b', 4000],
        ['c', 1400],
        ['c', 2800],
      ] as const)
        await ask('payment.create', { id: `${who} ${id}` }, { amount, resource: who });
    },
  ],
  'amounts near the limit over two sessions, nothing refused': [
    ['structuring'],
    async ({ ask, who }) => {
      for (const [id, amount] of [
        ['a', 4900],
        ['b', 4800],
      ] as const)
        await ask('payment.create', { id: `${who} ${id}` }, { amount, resource: who });
    },
  ],
  'no structuring: one session fills the limit by itself': [
    [],
    ({ ask, who }) => times(4, () => ask('payment.create', { id: `${who} only` }, { amount: 3000, resource: who })),
  ],
  'no structuring: three sessions pay little': [
    [],
    ({ ask, who }) => times(3, (n) => ask('payment.create', { id: `${who} ${n}` }, { amount: 900, resource: who })),
  ],
  'an agent spreads its calls over sessions': [
    ['agent-spread'],
    async ({ ask, set, who }) => {
      await ask('ping', { id: `${who} first` });
      await set({ kind: 'ai_agent' });
      await times(12, (n) => ask('tool.call', { id: `${who} ${n % 3}` }));
    },
  ],
  'no spread: an agent calls too often in one session': [
    [],
    async ({ ask, set, who }) => {
      await ask('ping', { id: `${who} first` });
      await set({ kind: 'ai_agent' });
      await times(12, () => ask('tool.call', { id: `${who} one` }));
    },
  ],
  'sessions of a machine cross a limit together': [
    ['limit-crossed'],
    ({ ask, who }) => times(12, (n) => ask('tool.call', { id: `${who} ${n % 3}` })),
  ],
  'no crossing: sessions stay below it together': [
    [],
    ({ ask, who }) => times(8, (n) => ask('tool.call', { id: `${who} ${n % 3}` })),
  ],
  'two clients of one credential contend for a job': [
    ['lease-contention'],
    async ({ ask, who }) => {
      await ask('job.start', { id: `${who} scheduler`, key: `key ${who}` });
      await ask('job.start', { id: `${who} application`, key: `key ${who}` });
    },
  ],
  'no contention: its holder tries again; another credential': [
    [],
    async ({ ask, who }) => {
      await times(3, () => ask('job.start', { id: `${who} scheduler`, key: `key ${who}` }));
      await ask('job.start', { id: `${who} application`, key: `other ${who}` });
    },
  ],
  'one that tries what it may not, secret after secret': [
    ['deny-storm'],
    ({ ask, who }) => times(40, (n) => ask('vault.read', { id: `${who} one` }, { resource: `secret-${n}` })),
  ],
  'no storm: one in four of a busy service is refused': [
    [],
    ({ ask, who }) =>
      times(160, (n) => ask('vault.read', { id: `${who} one` }, { resource: n % 4 ? `${n}` : `secret-${n}` })),
  ],
  'an approval is asked for beside maintenance': [
    ['approval-beside-maintenance'],
    async ({ ask, who }) => {
      await ask('step', { id: `${who} m`, tags: ['maintenance'] });
      await ask('approval.request', { id: `${who} p` });
    },
  ],
  'no approval beside maintenance: in the session that maintains, or with none': [
    [],
    async ({ ask, who }) => {
      await ask('approval.request', { id: `${who} p` });
      await ask('step', { id: `${who} m`, tags: ['release'] });
      await ask('approval.request', { id: `${who} p` });
    },
  ],
  'one key reads in one region and changes in another': [
    ['read-change-split'],
    async ({ ask, who }) => {
      const from = (region: string, action: string) =>
        ask(action, { id: `${who} ${region}`, region, key: `key ${who}` });
      await times(12, () => from('eu-west', 'artifact.read'));
      await times(3, () => from('us-east', 'config.update'));
      await from('eu-west', 'artifact.read');
    },
  ],
  'no split: a region has just begun and has only read so far': [
    [],
    async ({ ask, who }) => {
      const from = (region: string, action: string) =>
        ask(action, { id: `${who} ${region}`, region, key: `key ${who}` });
      await times(8, () => from('eu-west', 'artifact.read'));
      await times(3, () => from('eu-west', 'config.update'));
      await times(2, () => from('us-east', 'artifact.read'));
    },
  ],
  'no split: both regions read and change': [
    [],
    async ({ ask, who }) => {
      for (const region of ['eu-west', 'us-east', 'eu-west', 'us-east'])
        for (const action of ['artifact.read', 'config.update'])
          await ask(action, { id: `${who} ${region}`, region, key: `key ${who}` });
    },
  ],
  'more sessions at once than its limit': [
    ['concurrency-limit'],
    async ({ ask, set, who }) => {
      await times(9, (n) => ask('ping', { id: `${who} ${n}` }));
      await set({ concurrencyLimit: 6 });
    },
  ],
  'no limit crossed: as many as its limit, and a pool without one': [
    [],
    async ({ ask, set, who }) => {
      await times(6, (n) => ask('ping', { id: `${who} ${n}` }));
      await set({ concurrencyLimit: 6 });
    },
  ],
  'a session lives and nothing tells of it': [
    ['dark-session'],
    async ({ who }) => {
      await listed(who, 'lit', false);
      await listed(who, 'dark', true);
    },
  ],
  'no dark session: its log tells of it': [[], ({ who }) => listed(who, 'lit', false)],
};

/** All of them, `count` times, and what was found of each. */
export async function ask(count: number): Promise<{ scenarios: Scenario[]; found: Seen[] }> {
  await apply(admin, { source: POLICY });
  const scenarios: Scenario[] = [];
  const names: string[] = [];
  const raisedAt = new Map<string, number>();
  for (const [name, [expects, work]] of Object.entries(CASES))
    for (let n = 0; n < count; n += 1) {
      const who = `asks-${names.length}`;
      names.push(who);
      await work({
        who,
        ask: async (action, session, { amount, resource = 'r' } = {}) => {
          await decide(caller, {
            subject: { type: 'service_account', id: who },
            action: { name: action },
            resource: { type: 'account', id: resource },
            context: { ...(amount === undefined ? {} : { amount }), braid: { session } },
          });
        },
        set: async (data) => {
          await prisma().identity.updateMany({ where: { name: who }, data });
        },
      });
      scenarios.push({ name, expects, records: [], wrongAt: clock.ms() });
      await flushSessions(); // as the decision point does of itself within a few seconds
      for (const { ids } of [await scanDecisions(system), await scanSessions(system)])
        for (const id of ids) raisedAt.set(id, clock.ms());
    }
  const findings = await prisma().finding.findMany();
  const identities = new Map((await prisma().identity.findMany()).map(({ id, name }) => [id, name]));
  return {
    scenarios,
    found: findings.map((one) => ({
      scenario: names.indexOf(identities.get(one.identityId) ?? ''),
      detector: one.detector,
      severity: one.severity,
      summary: one.summary,
      raisedAt: raisedAt.get(one.id) ?? Number.POSITIVE_INFINITY,
    })),
  };
}
