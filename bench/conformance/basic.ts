import { type Ask, type Case, decides, hasStatus, type Json } from '@/bench/conformance/case';

export const alice = { type: 'user', id: 'alice' };
export const bob = { type: 'user', id: 'bob' };
export const admin = { ...bob, properties: { role: 'admin' } };
export const record1 = { type: 'record', id: 'record-1' };
export const record2 = { type: 'record', id: 'record-2' };
export const archived = { ...record2, properties: { status: 'archived' } };
export const active = { ...record1, properties: { status: 'active' } };
export const read = { name: 'read' };
export const write = { name: 'write' };
export const remove = (soft: boolean) => ({ name: 'delete', properties: { soft } });

const question = { subject: alice, action: read, resource: record1 };
const evaluation = (body: Json, more: Partial<Ask> = {}): Ask => ({ api: 'evaluation', body, ...more });

const decision = (id: string, level: Case['level'], title: string, body: Json, expected: boolean): Case => ({
  id,
  level,
  title,
  asks: [evaluation(body)],
  check: ([answer]) => decides(answer!, expected),
});

/** The eight decisions every certified decision point gives, and the requests it has to take. */
const DECISIONS: Case[] = [
  decision('c-2-2-1', 'basic core', 'rule 1: alice reads record-1', question, true),
  decision('c-1-4 rule 2', 'basic core', 'alice writes record-1', { ...question, action: write }, true),
  decision('c-1-4 rule 3', 'basic core', 'bob reads record-1', { ...question, subject: bob }, true),
  decision(
    'c-2-2-2',
    'basic core',
    'rule 4: bob does not write record-1',
    { subject: bob, action: write, resource: record1 },
    false,
  ),
  decision(
    'c-2-2-3',
    'basic core',
    'context changes no decision of the fixture',
    { ...question, context: { time: '2025-06-27T18:03-07:00', ip: '192.168.1.1' } },
    true,
  ),
  decision(
    'c-2-2-4',
    'basic properties',
    'rule 5: alice does not write what is archived',
    { subject: alice, action: write, resource: archived },
    false,
  ),
  decision(
    'c-2-2-5',
    'basic properties',
    'rule 6: an administrator writes what is archived',
    { subject: admin, action: write, resource: archived },
    true,
  ),
  decision('c-2-2-6', 'basic properties', 'rule 7: soft delete', { ...question, action: remove(true) }, true),
  decision('c-2-2-7', 'basic properties', 'rule 8: hard delete', { ...question, action: remove(false) }, false),
  decision(
    'c-2-2-8',
    'basic core',
    'properties beyond the fixture are taken',
    {
      subject: { ...alice, properties: { department: 'Sales', role: 'manager' } },
      action: { name: 'read', properties: { method: 'GET' } },
      resource: { ...record1, properties: { status: 'active', owner: 'bob' } },
    },
    true,
  ),
  decision(
    'c-2-2-9',
    'basic core',
    'unknown fields are ignored',
    { ...question, foo: 'bar', futureField: { nested: true } },
    true,
  ),
  decision(
    'spec subject',
    'basic core',
    'unknown fields inside entities are ignored',
    { subject: { ...alice, x: 1 }, action: { ...read, x: [] }, resource: { ...record1, x: null } },
    true,
  ),
];

const refused = (id: string, title: string, ask: Ask, ...allowed: number[]): Case => ({
  id,
  level: 'basic core',
  title,
  asks: [ask],
  check: ([answer]) => hasStatus(answer!, ...(allowed.length ? allowed : [400])),
});

const { subject: _s, ...noSubject } = question;
const { action: _a, ...noAction } = question;
const { resource: _r, ...noResource } = question;

/** What is wrong with a request, and the 400 it has to bring. */
const BROKEN: [string, string, Json][] = [
  ['c-2-4-1', 'no subject', noSubject],
  ['c-2-4-1', 'no action', noAction],
  ['c-2-4-1', 'no resource', noResource],
  ['c-2-4-2', 'subject without type', { ...question, subject: { id: 'alice' } }],
  ['c-2-4-2', 'subject without id', { ...question, subject: { type: 'user' } }],
  ['c-2-4-2', 'action without name', { ...question, action: {} }],
  ['c-2-4-2', 'resource without type', { ...question, resource: { id: 'record-1' } }],
  ['c-2-4-2', 'resource without id', { ...question, resource: { type: 'record' } }],
  ['c-2-4-6', 'subject is text', { ...question, subject: 'alice' }],
  ['c-2-4-6', 'action.name is a number', { ...question, action: { name: 123 } }],
  ['c-2-4-6', 'context is text', { ...question, context: 'now' }],
  ['c-2-4-6', 'subject.properties is a list', { ...question, subject: { ...alice, properties: [] } }],
  ['c-2-4-6', 'the body is a list', [question]],
  ['c-2-4-6', 'the body is null', null],
];

const ERRORS: Case[] = [
  ...BROKEN.map(([id, title, body]) => refused(id, title, evaluation(body))),
  refused('c-2-4-3', 'another content type', {
    api: 'evaluation',
    raw: JSON.stringify(question),
    headers: { 'Content-Type': 'text/plain' },
  }),
  refused('c-2-4-4', 'malformed JSON', { api: 'evaluation', raw: '{"subject": ' }),
  refused('c-2-4-5', 'an empty body', { api: 'evaluation', raw: '' }),
];

const TRANSPORT: Case[] = [
  {
    id: 'c-2-5-1',
    level: 'transport',
    title: 'X-Request-ID comes back as it was sent, on answers and on errors',
    asks: [
      evaluation(question, { headers: { 'X-Request-ID': 'bfe9eb29-ab87-4ca3-be83-a1d5d8305716' } }),
      evaluation(noSubject, { headers: { 'X-Request-ID': 'weird, but mine; 1/2' } }),
      { api: 'evaluations', body: question, headers: { 'X-Request-ID': 'batch-7' } },
    ],
    check: (answers) =>
      ['bfe9eb29-ab87-4ca3-be83-a1d5d8305716', 'weird, but mine; 1/2', 'batch-7'].flatMap((id, index) =>
        answers[index]!.headers.get('x-request-id') === id
          ? []
          : [`answer ${index} has ${answers[index]!.headers.get('x-request-id')}, not ${id}`],
      ),
  },
  {
    id: 'c-2-5-2',
    level: 'transport',
    title: 'without X-Request-ID it answers as well',
    asks: [evaluation(question)],
    check: ([answer]) => decides(answer!, true),
  },
  {
    id: 'c-2-6',
    level: 'basic core',
    title: 'the same question has the same answer each time',
    asks: Array.from({ length: 5 }, () => evaluation(question)),
    check: (answers) => answers.flatMap((answer) => decides(answer, true)),
  },
  {
    id: 'c-5 charset',
    level: 'transport',
    title: 'application/json; charset=utf-8 is JSON',
    asks: [evaluation(question, { headers: { 'Content-Type': 'application/json; charset=utf-8' } })],
    check: ([answer]) => decides(answer!, true),
  },
  {
    id: 'spec transport',
    level: 'transport',
    title: 'only POST evaluates',
    asks: ['GET', 'PUT', 'DELETE'].map((method) => ({ api: 'evaluation', method })),
    check: (answers) => answers.flatMap((answer) => hasStatus(answer, 400, 404, 405)),
  },
  {
    id: 'spec authentication',
    level: 'transport',
    title: 'missing or wrong credentials are 401 and say how to authenticate',
    asks: [evaluation(question, { token: null }), evaluation(question, { token: 'not-a-token' })],
    check: (answers) =>
      answers.flatMap((answer) => [
        ...hasStatus(answer, 401),
        ...(answer.headers.get('www-authenticate') ? [] : ['no WWW-Authenticate']),
      ]),
  },
];

export const BASIC: Case[] = [...DECISIONS, ...ERRORS, ...TRANSPORT];
