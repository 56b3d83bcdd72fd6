// CPU of judging alone: parse, touch, evaluate (alone and together), trace and answer, without HTTP and without a database.
// `npx tsx bench/judge.ts [decisions]`. Prints microseconds of CPU per decision, step by step, and bytes per trace.
import { answerOf } from '@/lib/decisions/answer';
import { parse } from '@/lib/decisions/parse';
import type { Item } from '@/lib/decisions/request-model';
import { traceText } from '@/lib/decisions/trace';
import type { ExposureState } from '@/lib/exposures/model';
import { growAlone, settleAtOnce } from '@/lib/exposures/state';
import { derivedId, sha256Hex } from '@/lib/platform/ids';
import { compile } from '@/lib/policies/compile';
import type { Question, SessionSeen, Touched } from '@/lib/policies/compiled-model';
import { evaluate, type Judgement } from '@/lib/policies/evaluate';
import { touch } from '@/lib/policies/touch';

const DECISIONS = Number(process.argv[2] ?? 100_000);
const IDENTITIES = 100;

const SOURCE = `set: bench
default: allow
meters:
  per_account: { sum: context.amount, unit: EUR, scale: 2, per: resource.id, over: 24h }
  per_identity: { sum: context.amount, unit: EUR, scale: 2, per: identity, over: 24h }
  calls: { count: true, per: identity, over: 1h }
rules:
  - id: account
    limit: { meter: per_account, max: 900000000 }
  - id: identity
    limit: { meter: per_identity, max: 900000000 }
  - id: calls
    limit: { meter: calls, max: 900000000 }
  - id: maintenance
    step_up: sessions.exists(s, s.id != session.id && "maintenance" in s.tags)
`;
const NOW = 1_795_329_600_000;
const sets = [compile({ version: 1, hash: sha256Hex(SOURCE), source: SOURCE, mode: 'enforce' })];

const sessionOf = (identity: number, n: number): SessionSeen => ({
  id: derivedId('session', String(identity), String(n)),
  identityId: derivedId('identity', String(identity)),
  label: `eu-west · s${n}`,
  source: 'pdp',
  observedBy: 'declared',
  kind: 'api',
  state: 'live',
  startedMs: NOW - 60_000 + n,
  lastEventMs: NOW,
  liveUntilMs: NOW + 900_000,
  ended: false,
  network: null,
  region: 'eu-west',
  device: null,
  runtime: null,
  agent: null,
  key: null,
  tags: [],
  task: null,
  scope: null,
});

const sessions = Array.from({ length: IDENTITIES }, (_, i) => Array.from({ length: 5 }, (_, n) => sessionOf(i, n)));
const identities = Array.from({ length: IDENTITIES }, (_, i) => ({
  id: derivedId('identity', String(i)),
  name: `bench-${i}`,
  kind: 'service_account',
  state: 'active',
  managed: true,
  protected: false,
  environment: null,
  owner: null,
  purpose: null,
  concurrencyLimit: null,
  workflows: [],
}));
const bodies = Array.from({ length: 500 }, (_, n) =>
  JSON.stringify({
    subject: { type: 'service_account', id: `bench-${n % IDENTITIES}` },
    action: { name: 'payment.create' },
    resource: { type: 'account', id: `account-${n % IDENTITIES}` },
    context: { amount: 12.5, braid: { session: { id: `s${Math.floor(n / IDENTITIES) % 5}`, region: 'eu-west' } } },
  }),
);

const states = new Map<string, ExposureState>();
const actor = {
  kind: 'token' as const,
  id: derivedId('token'),
  name: 'bench',
  issuer: 'default',
  scopes: ['decide' as const],
};

function stateOf({ touches }: Touched): void {
  for (const { exposureId, meter, set, key } of touches) {
    if (states.has(exposureId)) continue;
    states.set(exposureId, {
      id: exposureId,
      set,
      meter: meter.name,
      kind: meter.kind,
      scope: meter.scope,
      key,
      unit: meter.unit,
      scale: meter.scale,
      windowSecs: meter.windowSecs,
      settled: 0n,
      held: 0n,
      limit: null,
      ruleId: null,
      revision: 0n,
      version: 0n,
      identityIds: [],
      slices: new Map(),
      open: new Map(),
      lines: new Map(),
      sums: new Map(),
      names: new Map(),
      dirty: false,
      dirtySlices: new Set(),
      leftSlices: [],
    });
  }
}

const spent = { json: 0, parse: 0, question: 0, touch: 0, evaluate: 0, trace: 0, answer: 0 };
const bytes: number[] = [];
const clocked = process.argv.includes('--steps');

function step<T>(name: keyof typeof spent, work: () => T): T {
  if (!clocked) return work();
  const began = performance.now();
  const result = work();
  spent[name] += performance.now() - began;
  return result;
}

function decide(n: number, last: boolean): void {
  const who = n % IDENTITIES;
  const body: unknown = step('json', () => JSON.parse(bodies[n % bodies.length]!));
  const item: Item = step('parse', () => parse(actor, body, { arrivedMs: 0 }));
  const question: Question = step('question', () => ({
    asked: item.asked,
    identity: identities[who]!,
    session: sessions[who]![Math.floor(n / IDENTITIES) % 5]!,
    named: true,
    sessions: sessions[who]!,
    truncated: false,
    workflowSessions: new Map(),
    credentialId: null,
    nowMs: NOW,
    longest: item.longest,
    sets,
  }));
  const touched = step('touch', () => touch(question));
  stateOf(touched);
  const judgement: Judgement = step('evaluate', () => evaluate(question, touched, states));
  const text = step('trace', () => traceText({ item, question, judgement, atMs: NOW, holdId: null, supersedes: null }));
  step('answer', () => JSON.stringify(answerOf(item, judgement, NOW, null)));
  bytes.push(Buffer.byteLength(text));
  for (const one of touched.touches) {
    const state = states.get(one.exposureId)!;
    state.names.set(question.session.id, { identityId: question.identity.id, label: question.session.label });
    settleAtOnce(state, NOW, one.amount, {
      sessionId: question.session.id,
      identityId: question.identity.id,
      decisionId: item.decisionId,
      holdId: null,
    });
    growAlone(state, NOW, one.meter.windowSecs, question.session.id, one.amount);
  }
  if (last) console.log(`${text}\n${JSON.stringify(answerOf(item, judgement, NOW, null))}`);
}

for (let n = 0; n < 20_000; n++) decide(n, false);
bytes.length = 0;
for (const key of Object.keys(spent) as (keyof typeof spent)[]) spent[key] = 0;
const before = process.cpuUsage();
const began = performance.now();
for (let n = 0; n < DECISIONS; n++) decide(n, n === DECISIONS - 1);
const cpu = process.cpuUsage(before);
console.log(
  `${((cpu.user + cpu.system) / DECISIONS).toFixed(1)} µs CPU (${(((performance.now() - began) / DECISIONS) * 1000).toFixed(1)} µs elapsed) per decision`,
);
if (clocked)
  for (const [name, ms] of Object.entries(spent))
    console.log(`  ${name.padEnd(10)} ${((ms / DECISIONS) * 1000).toFixed(2)} µs`);
console.log(`${bytes.sort((a, b) => a - b)[bytes.length >> 1]} bytes per trace (median)`);
