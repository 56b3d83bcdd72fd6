// CPU of judging alone: parse, touch, evaluate (alone and together), trace and answer, without HTTP and without a database.
// `npx tsx bench/judge.ts [decisions]`. Prints microseconds of CPU per decision, step by step, and bytes per trace.
import { answerText } from '@/lib/decisions/answer-text';
import { parse } from '@/lib/decisions/parse';
import type { Item } from '@/lib/decisions/request-model';
import { traceText } from '@/lib/decisions/trace';
import type { ExposureState } from '@/lib/exposures/model';
import { growAlone, settleAtOnce } from '@/lib/exposures/state';
import { derivedId, sha256Hex } from '@/lib/platform/ids';
import { compile } from '@/lib/policies/compile';
import type { Question, SessionSeen, Touched } from '@/lib/policies/compiled-model';
import { evaluate } from '@/lib/policies/evaluate';
import { touch } from '@/lib/policies/touch';
import { emptyState } from '@/lib/replay/world';

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
  for (const one of touches) {
    const { exposureId } = one;
    if (states.has(exposureId)) continue;
    states.set(exposureId, emptyState(one));
  }
}

const spent = { json: 0, parse: 0, touch: 0, evaluate: 0, trace: 0, answer: 0 };
type Step = keyof typeof spent;
const bytes: number[] = [];
const CHUNK = 100;

/** One step of many decisions at a time, so that its CPU can be told: other processes may have the machine meanwhile. */
function step<A, B>(name: Step, asked: readonly A[], work: (one: A, index: number) => B): B[] {
  const before = process.cpuUsage();
  const results = asked.map(work);
  const { user, system } = process.cpuUsage(before);
  spent[name] += user + system;
  return results;
}

const questionOf = (item: Item, n: number): Question => ({
  asked: item.asked,
  identity: identities[n % IDENTITIES]!,
  session: sessions[n % IDENTITIES]![Math.floor(n / IDENTITIES) % 5]!,
  named: true,
  sessions: sessions[n % IDENTITIES]!,
  truncated: false,
  workflowSessions: new Map(),
  credentialId: null,
  nowMs: NOW,
  longest: item.longest,
  sets,
});

function settle({ item, question, touched }: { item: Item; question: Question; touched: Touched }): void {
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
}

/** A chunk of decisions, step by step; answers the last trace and answer. */
function decide(from: number): string[] {
  const texts = Array.from({ length: CHUNK }, (_, i) => bodies[(from + i) % bodies.length]!);
  const asked = step('json', texts, (text) => JSON.parse(text) as unknown);
  const items = step('parse', asked, (body) => parse(actor, body, { arrivedMs: 0 }));
  const questions = items.map((item, i) => ({ item, question: questionOf(item, from + i) }));
  const all = step('touch', questions, (one) => ({ ...one, touched: touch(one.question) }));
  for (const { touched } of all) stateOf(touched);
  const judged = step('evaluate', all, (one) => ({
    ...one,
    judgement: evaluate(one.question, one.touched, states),
  }));
  const traces = step('trace', judged, ({ item, question, judgement }) =>
    traceText({ item, question, judgement, atMs: NOW, holdId: null, supersedes: null }),
  );
  const answers = step('answer', judged, ({ item, judgement }) => answerText(item, judgement, NOW, null));
  for (const text of traces) bytes.push(Buffer.byteLength(text));
  for (const one of all) settle(one);
  return [traces.at(-1)!, answers.at(-1)!];
}

for (let n = 0; n < 20_000; n += CHUNK) decide(n);
bytes.length = 0;
for (const name of Object.keys(spent) as Step[]) spent[name] = 0;
let last: string[] = [];
for (let n = 0; n < DECISIONS; n += CHUNK) last = decide(n);
for (const text of last) console.log(text);
const done = Math.ceil(DECISIONS / CHUNK) * CHUNK;
for (const [name, us] of Object.entries(spent)) console.log(`${name.padEnd(10)} ${(us / done).toFixed(2)} µs`);
const { json, ...own } = spent;
const sum = Object.values(own).reduce((all, one) => all + one, 0);
console.log(`${(sum / done).toFixed(1)} µs of CPU per decision, and ${(json / done).toFixed(1)} µs to read its JSON`);
console.log(`${bytes.sort((a, b) => a - b)[bytes.length >> 1]} bytes per trace (median)`);
