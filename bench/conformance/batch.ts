import { active, admin, alice, archived, bob, read, record1, record2, write } from '@/bench/conformance/basic';
import {
  type Ask,
  type Case,
  decides,
  decidesMany,
  hasStatus,
  isMap,
  type Json,
  listOf,
  member,
} from '@/bench/conformance/case';

const evaluations = (body: Json): Ask => ({ api: 'evaluations', body });
const many = (id: string, level: Case['level'], title: string, body: Json, expected: (boolean | null)[]): Case => ({
  id,
  level,
  title,
  asks: [evaluations(body)],
  check: ([answer]) => decidesMany(answer!, expected),
});
const question = { subject: alice, action: read, resource: record1 };
const bobTwice = {
  subject: bob,
  resource: record1,
  evaluations: [{ action: write }, { action: read }, { action: write }],
};

const REQUESTS: Case[] = [
  many(
    'c-3-2-1',
    'batch core',
    'defaults and two resources',
    { subject: alice, action: read, evaluations: [{ resource: record1 }, { resource: record2 }] },
    [null, null],
  ),
  many(
    'c-3-2-2',
    'batch core',
    'rules 3 and 4, in the order they were asked',
    { subject: bob, resource: record1, evaluations: [{ action: read }, { action: write }] },
    [true, false],
  ),
  many(
    'c-3-2-3',
    'batch properties',
    'properties of each item count',
    { subject: alice, action: write, evaluations: [{ resource: active }, { resource: archived }] },
    [true, false],
  ),
  many(
    'c-3-2-4',
    'batch properties',
    'properties of each subject count',
    { action: write, resource: archived, evaluations: [{ subject: alice }, { subject: admin }] },
    [false, true],
  ),
  many(
    'c-3-2-5',
    'batch core',
    'items that say everything themselves',
    { evaluations: [question, { subject: bob, action: write, resource: record1 }] },
    [true, false],
  ),
  many(
    'c-3-2-6',
    'batch core',
    'a context for all, and one of its own',
    {
      subject: alice,
      action: read,
      context: { time: '2025-06-27T18:03-07:00' },
      evaluations: [
        { resource: record1 },
        { resource: record2, context: { time: '2025-06-27T19:00-07:00', source: 'batch-override' } },
      ],
    },
    [null, null],
  ),
  many(
    'c-3-2-7',
    'batch properties',
    'an own entity replaces the default whole, but for what makes it one',
    {
      subject: alice,
      action: write,
      resource: { type: 'record', properties: { status: 'archived' } },
      evaluations: [
        { resource: { id: 'record-1', properties: { status: 'active' } } },
        { resource: archived },
        { resource: { type: 'record', id: 'record-1' } },
      ],
    },
    [true, false, true],
  ),
];

const SEMANTICS: Case[] = [
  many(
    'spec execute_all',
    'batch core',
    'execute_all decides all',
    { ...bobTwice, options: { evaluations_semantic: 'execute_all' } },
    [false, true, false],
  ),
  many(
    'spec deny_on_first_deny',
    'batch core',
    'deny_on_first_deny stops at the first deny, and it is the last answer',
    { ...bobTwice, options: { evaluations_semantic: 'deny_on_first_deny' } },
    [false],
  ),
  many(
    'spec permit_on_first_permit',
    'batch core',
    'permit_on_first_permit stops at the first permit, and it is the last answer',
    { ...bobTwice, options: { evaluations_semantic: 'permit_on_first_permit' } },
    [false, true],
  ),
  {
    id: 'spec semantics',
    level: 'batch core',
    title: 'an unknown semantic is refused; unknown options are ignored',
    asks: [
      evaluations({ ...bobTwice, options: { evaluations_semantic: 'as_you_like' } }),
      evaluations({ ...bobTwice, options: { future: true } }),
    ],
    check: ([unknown, other]) => [...hasStatus(unknown!, 400), ...decidesMany(other!, [false, true, false])],
  },
];

const SHAPES: Case[] = [
  {
    id: 'c-3-3',
    level: 'batch core',
    title: 'as many answers as questions, 50 of them, in order',
    asks: [
      evaluations({
        subject: bob,
        resource: record1,
        evaluations: Array.from({ length: 50 }, (_, index) => ({ action: index % 3 ? read : write })),
      }),
    ],
    check: ([answer]) => [
      ...decidesMany(
        answer!,
        Array.from({ length: 50 }, (_, index) => index % 3 !== 0),
      ),
      ...(member(answer!.json, 'decision') === undefined ? [] : ['a batch answer has no decision of its own']),
    ],
  },
  {
    id: 'c-3-4-1',
    level: 'batch core',
    title: 'a broken item is denied and says why; the others are decided',
    asks: [evaluations({ subject: alice, action: read, evaluations: [{ resource: record1 }, {}, { resource: 7 }] })],
    check: ([answer]) => [
      ...decidesMany(answer!, [true, false, false]),
      ...listOf(member(answer!.json, 'evaluations'))
        .slice(1)
        .flatMap((one) => {
          const error = member(member(one, 'context'), 'error');
          return isMap(error) && error.status === 400 && typeof error.message === 'string'
            ? []
            : ['a broken item has no context.error with status and message'];
        }),
    ],
  },
  {
    id: 'c-3-4-2',
    level: 'batch core',
    title: 'without evaluations, and with an empty list, it is one evaluation',
    asks: [evaluations(question), evaluations({ ...question, evaluations: [] })],
    check: (answers) => answers.flatMap((answer) => decides(answer, true)),
  },
  {
    id: 'c-3-4 payload',
    level: 'batch core',
    title: 'what can not be read at all is 400',
    asks: [
      { api: 'evaluations', raw: '{' },
      { api: 'evaluations', raw: '' },
      evaluations([question]),
      evaluations({ ...question, evaluations: 'all' }),
      evaluations({ subject: alice }),
    ],
    check: (answers) => answers.flatMap((answer) => hasStatus(answer, 400)),
  },
];

export const BATCH: Case[] = [...REQUESTS, ...SEMANTICS, ...SHAPES];
