// The published contract is what the decision point does: every route stands in it, and real answers are what it says.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { setPoint } from '@/lib/access/set-point';
import { approve } from '@/lib/approvals/approve';
import { testDatabase } from '@/lib/db/testing';
import {
  answeredBraidSchema,
  answeredContextSchema,
  answeredExposureSchema,
  answerSchema,
} from '@/lib/decisions/answer-model';
import { newId, newSecret } from '@/lib/platform/ids';
import { apply } from '@/lib/policies/apply';
import { ROUTES } from '@/lib/server/pdp';
import { CONTRACT } from '@/lib/server/pdp-contract';
import { addToken, admin, call, endAll, type Pdp, startProcess } from '@/lib/server/testing-pdp';

const db = testDatabase();
const tokens: Record<string, string> = {};
let pdp: Pdp;

const POLICY = `
set: contract
default: allow
meters:
  paid: { sum: context.amount, unit: EUR, scale: 2, per: resource.id, over: 24h, on: action.name == "pay", settle: explicit, hold: 15m }
rules:
  - { id: cap, limit: { meter: paid, max: 1000 } }
  - { id: fresh, on: action.name == "secret.read", step_up: true, acr_values: [mfa], max_trust_age: 15m }
  - { id: told, on: action.name == "note.write", allow: true, obligations: [{ type: notification, properties: { to: soc } }] }
  - { id: paused, on: action.name == "pause.me", deny: true, obligations: [identity_pause, session_termination] }
  - { id: release, on: action.name == "release", deny: "true", approval: { for: 10m }, message: Needs somebody else }
`;

async function tokenOf(mode: 'online' | 'bounded' | 'offline' | 'legacy', scopes = ['decide']): Promise<string> {
  const [id, token] = [newId(), `brd_${newSecret(24)}`];
  await addToken(id, token, scopes);
  if (mode !== 'online')
    await setPoint(admin, { id, mode, ...(mode === 'bounded' ? { staleSecs: 30, settleAfterSecs: 60 } : {}) });
  return token;
}

beforeAll(async () => {
  await apply(admin, { source: POLICY });
  for (const mode of ['online', 'bounded', 'offline', 'legacy'] as const) tokens[mode] = await tokenOf(mode);
  tokens.ingest = await tokenOf('online', ['ingest']);
  pdp = await startProcess(db.url);
}, 60_000);
afterAll(endAll);

type Answered = Awaited<ReturnType<typeof call>>;
const asked = new Set<string>();

/** Asks, and holds what came against what the contract says of that route and status. */
async function hold(
  route: string,
  body: unknown,
  more: { as?: string; id?: string; query?: string } = {},
): Promise<Answered> {
  const [method, path] = route.split(' ') as [string, string];
  const target = path.replace('{id}', more.id ?? '') + (more.query ?? '');
  const headers = { Authorization: `Bearer ${tokens[more.as ?? 'online']}` };
  const answer = await call(pdp, target, body, { method, headers });
  const said = CONTRACT[route]!.answers[answer.status];
  expect(said, `${route} answered ${answer.status}: ${JSON.stringify(answer.body).slice(0, 300)}`).toBeDefined();
  if (said instanceof z.ZodType) said.parse(answer.body);
  asked.add(`${route} ${answer.status}`);
  return answer;
}

const question = (action: string, more: object = {}, resource = 'r-1') => ({
  subject: { type: 'service_account', id: 'svc-contract' },
  action: { name: action },
  resource: { type: 'account', id: resource },
  context: { amount: 10, braid: { session: { id: 's-1' }, ...more } },
});

/** What is open in the contract for what comes later still names everything that is answered today. */
function knownWhole(answer: unknown): void {
  const { context } = answerSchema.parse(answer);
  const names = (schema: z.ZodObject, value: object | undefined) =>
    expect(Object.keys(schema.shape)).toEqual(expect.arrayContaining(Object.keys(value ?? {})));
  names(answeredContextSchema, context);
  names(answeredBraidSchema, context.braid);
  for (const one of context.braid?.exposures ?? []) names(answeredExposureSchema, one);
}

test('every route the decision point serves stands in the contract, and nothing else', () => {
  const samples = Object.keys(CONTRACT).map((route) => {
    const [method, path] = route.split(' ') as [string, string];
    return { route, method, path: path.replace('{id}', newId()) };
  });
  const served = ROUTES.map((one) => {
    const here = samples.filter((each) => each.method === one.method && one.path.test(each.path));
    expect(
      here.map((each) => each.route),
      one.name,
    ).toHaveLength(1);
    expect(CONTRACT[here[0]!.route]).toMatchObject({ name: one.name, ...(one.authzen ? { authzen: true } : {}) });
    return here[0]!.route;
  });
  expect(served.sort()).toEqual(Object.keys(CONTRACT).sort());
});

test('it is published without a token, whole, and says what context.braid takes', async () => {
  const { body, status } = await call(pdp, '/openapi.json', null, { method: 'GET', headers: { Authorization: '' } });
  expect(status).toBe(200);
  const paths = body.paths as Record<string, Record<string, { requestBody?: object; security?: unknown[] }>>;
  const there = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );
  expect(there.sort()).toEqual(Object.keys(CONTRACT).sort());
  expect(JSON.stringify(paths['/access/v1/evaluation'])).toContain('idempotency_key');
  expect(JSON.stringify(body.components)).toContain('usable_secs');
  expect(body.servers).toEqual([{ url: expect.stringMatching(/^http/) }]);
  expect(paths['/healthz']!.get!.security).toEqual([]);
});

test('decisions of every kind are what it says', async () => {
  const answers = [
    await hold('POST /access/v1/evaluation', question('pay', { credential: { id: 'k' } })),
    await hold('POST /access/v1/evaluation', question('pay', { dry_run: true })),
    await hold('POST /access/v1/evaluation', {
      ...question('pay'),
      context: { amount: 850, braid: { session: { id: 's-2' } } },
    }),
    await hold('POST /access/v1/evaluation', { ...question('pay'), context: { amount: 9_000 } }),
    await hold('POST /access/v1/evaluation', question('secret.read')),
    await hold('POST /access/v1/evaluation', question('note.write')),
    await hold('POST /access/v1/evaluation', question('note.write'), { as: 'bounded' }),
    await hold('POST /access/v1/evaluation', question('release')),
  ];
  for (const { body } of answers) knownWhole(body);
  expect(answers.map(({ body }) => body.decision)).toEqual([true, true, true, false, false, true, true, false]);
  const stopped = { ...question('pause.me'), subject: { type: 'service_account', id: 'svc-stopped' } };
  answers.push(await hold('POST /access/v1/evaluation', stopped));
  const { body: metadata } = await hold('GET /.well-known/authzen-configuration', null);
  const owed = answers.flatMap((one) => (one.body.context!.obligations as { type: string }[] | undefined) ?? []);
  const types = [...new Set(owed.map((one) => one.type))].sort();
  expect(types).toEqual(['custom', 'identity_pause', 'notification', 'session_termination', 'step-up']);
  expect(metadata.supported_obligations).toEqual(expect.arrayContaining(types));
  const batch = {
    ...question('read'),
    evaluations: [{}, { subject: { type: 'x', id: '' } }, { action: { name: 'secret.read' } }],
  };
  const { body } = await hold('POST /access/v1/evaluations', batch);
  for (const one of body.evaluations as object[]) knownWhole(one);
  knownWhole((await hold('POST /access/v1/evaluations', question('read'))).body);
});

test('so is what holds, exposure, search and approvals answer', async () => {
  for (const what of ['settle', 'release'] as const) {
    const { body } = await hold('POST /access/v1/evaluation', question('pay', {}, `acct-${what}`));
    await hold('POST /v1/holds/{id}/extend', {}, { id: String(body.context!.braid!.hold_id) });
    await hold(`POST /v1/holds/{id}/${what}`, what === 'settle' ? { amount: '4.20' } : {}, {
      id: String(body.context!.braid!.hold_id),
    });
  }
  const { body } = await hold('GET /v1/exposure', null, { query: '?scope=account&key=acct-settle' });
  expect(body.items).toMatchObject([{ settled: '420' }]);
  for (const what of ['subject', 'resource', 'action'])
    await hold(`POST /access/v1/search/${what}`, { ...question('read'), page: { limit: 2 } });
  const refused = (await hold('POST /access/v1/evaluation', question('release'))).body.context!;
  const { braid: _, ...context } = question('release').context;
  const access = refused.access_request as { expires_at: string; template: string };
  const denial = { evaluation_id: refused.evaluation_id, expires_at: access.expires_at, template: access.template };
  const submit = { ...question('release'), context, denial };
  const task = ((await hold('POST /access/v1/requests', submit)).body.task as { id: string }).id;
  await hold('GET /access/v1/requests/{id}', null, { id: task });
  await approve(admin, { id: task });
  const { body: done } = await hold('GET /access/v1/requests/{id}', null, { id: task });
  const { approval } = done.result as { approval: object };
  const used = await hold('POST /access/v1/evaluation', { ...submit, context: { ...context, approval } });
  expect(used.body.decision).toBe(true);
  knownWhole(used.body);
  const again = (await hold('POST /access/v1/evaluation', question('release'))).body.context!;
  const other = {
    ...submit,
    denial: {
      ...denial,
      evaluation_id: again.evaluation_id,
      expires_at: (again.access_request as typeof access).expires_at,
    },
  };
  const second = ((await hold('POST /access/v1/requests', other)).body.task as { id: string }).id;
  await hold('POST /access/v1/requests/{id}/cancel', {}, { id: second });
});

test('so is what is told, given beforehand, taken in and looked at', async () => {
  const working = { braid: { session: { id: 's-task', task: 'T-1' } } };
  await hold('POST /access/v1/evaluation', { ...question('read', {}, 'r-task'), context: working });
  await hold('POST /v1/tasks/{id}/complete', { reason: 'done' }, { id: 'T-1' });
  const { braid: _, ...context } = question('pay').context;
  const share = { ...question('pay', {}, 'acct-share'), context, for_secs: 60 };
  const { body } = await hold('POST /v1/allotments', share, { as: 'offline' });
  await hold('POST /v1/allotments', { ...share, context: { amount: 9_000 } }, { as: 'offline' });
  const { id } = body.allotment as { id: string };
  await hold('POST /v1/allotments/{id}/report', { spends: [{ ref: '1', amount: 2 }] }, { as: 'offline', id });
  const told = { ref: '1', at: '2026-11-22T08:00:00Z', ...question('pay', {}, 'acct-told') };
  await hold('POST /v1/reports', { transactions: [told] }, { as: 'legacy' });
  const line = { sub: 'svc-contract', jti: 't', iat: 1, action: 'read' };
  const { body: batch } = await hold('POST /v1/events', [line], { as: 'ingest', query: '?format=ocsf' });
  await hold('GET /v1/events/{id}', null, { as: 'ingest', id: String(batch.batchId) });
  for (const route of ['authzen-configuration', 'jwks.json']) await hold(`GET /.well-known/${route}`, null);
  for (const route of ['openapi.json', 'healthz', 'readyz', 'metrics']) await hold(`GET /${route}`, null);
});

test('nothing in it was left unasked', () => {
  const routes = new Set([...asked].map((one) => one.replace(/ \d+$/, '')));
  expect([...routes].sort()).toEqual(Object.keys(CONTRACT).sort());
});
