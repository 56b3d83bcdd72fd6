import { admin, alice, archived, read, record1, write } from '@/bench/conformance/basic';
import {
  type Answered,
  type Api,
  type Ask,
  type Case,
  finds,
  hasStatus,
  isMap,
  type Json,
  listOf,
  member,
} from '@/bench/conformance/case';

const ask = (api: Api, body: Json): Ask => ({ api, body });
const users = { subject: { type: 'user' }, action: read, resource: record1 };

const found = (
  id: string,
  level: Case['level'],
  title: string,
  api: 'subject' | 'resource' | 'action',
  body: Json,
  names: string[],
): Case => ({
  id,
  level,
  title,
  asks: [ask(api, body)],
  check: ([answer]) =>
    finds(
      answer!,
      api === 'action' ? 'name' : 'id',
      names,
      api === 'subject' ? 'user' : api === 'resource' ? 'record' : undefined,
    ),
});

const RESULTS: Case[] = [
  found('c-4-2-1', 'search core', 'S1: who can read record-1', 'subject', users, ['alice', 'bob']),
  found('c-4-2-2', 'search core', 'with a context', 'subject', { ...users, context: { ip: '192.168.1.1' } }, ['alice']),
  found(
    'c-4-2-3',
    'search core',
    'an id of what is searched for is ignored',
    'subject',
    { ...users, subject: { type: 'user', id: 'bob' } },
    ['alice', 'bob'],
  ),
  found(
    'c-4-2-4',
    'search properties',
    'S4: who can write the archived record-2',
    'subject',
    { ...users, action: write, resource: archived },
    ['bob'],
  ),
  found(
    'c-4-3-1',
    'search core',
    'S2: what alice can read',
    'resource',
    { subject: alice, action: read, resource: { type: 'record' } },
    ['record-1'],
  ),
  found(
    'c-4-3-2',
    'search core',
    'an id of the resource is ignored',
    'resource',
    { subject: alice, action: read, resource: { type: 'record', id: 'record-2' } },
    ['record-1'],
  ),
  found(
    'c-4-3-3',
    'search properties',
    'S5: what an administrator can write',
    'resource',
    { subject: admin, action: write, resource: { type: 'record' } },
    ['record-2'],
  ),
  found('c-4-4-1', 'search core', 'S3: what alice can do', 'action', { subject: alice, resource: record1 }, [
    'read',
    'write',
  ]),
  found(
    'c-4-4-2',
    'search core',
    'an action search with a context',
    'action',
    { subject: alice, resource: record1, context: { ip: '192.168.1.1' } },
    ['read'],
  ),
  found(
    'c-4-4-3',
    'search properties',
    'S6: what an administrator can do to the archive',
    'action',
    { subject: admin, resource: archived },
    ['write'],
  ),
];

const nextToken = (answer: Answered | undefined): string | null => {
  const token = member(member(answer?.json, 'page'), 'next_token');
  return typeof token === 'string' ? token : null;
};
const idsOf = (answer: Answered): Json[] => listOf(member(answer.json, 'results')).map((one) => member(one, 'id')!);

const PAGES: Case[] = [
  {
    id: 'c-4-5',
    level: 'search core',
    title: 'pages of one: each with another result, the last with an empty token',
    asks: [
      ask('subject', { ...users, page: { limit: 1 } }),
      ...Array.from({ length: 6 }, () => (before: Answered[]): Ask | null => {
        const token = nextToken(before.at(-1));
        return token ? ask('subject', { ...users, page: { token, limit: 1 } }) : null;
      }),
    ],
    check: (answers) => {
      const ids = answers.flatMap(idsOf);
      return [
        ...answers.flatMap((answer) => finds(answer, 'id', [], 'user')),
        ...(answers.every((answer) => idsOf(answer).length <= 1) ? [] : ['a page of one has more']),
        ...(new Set(ids).size === ids.length ? [] : ['a result came twice']),
        ...(ids.includes('alice') ? [] : ['alice is on no page']),
      ];
    },
  },
  {
    id: 'c-4-5-3',
    level: 'search core',
    title: 'a page is an object with a next_token; the end is an empty one',
    asks: [ask('subject', { ...users, page: { limit: 100 } })],
    check: ([answer]) => [
      ...finds(answer!, 'id', ['alice', 'bob'], 'user'),
      ...(isMap(member(answer!.json, 'page')) && nextToken(answer) !== '' ? ['the last page has a token'] : []),
    ],
  },
  {
    id: 'spec pagination',
    level: 'search core',
    title: 'a token goes on with its own search only',
    asks: [
      ask('subject', { ...users, page: { limit: 1 } }),
      (before) => {
        const token = nextToken(before[0]);
        return token ? ask('subject', { ...users, action: write, page: { token } }) : null;
      },
    ],
    check: ([, other]) => (other ? hasStatus(other, 400) : []),
  },
];

const EMPTY: Case[] = [
  {
    id: 'c-4-6',
    level: 'search core',
    title: 'somebody unknown, and an unknown type, find nothing; neither is an error',
    asks: [
      ask('action', { subject: { type: 'user', id: 'nonexistent-user' }, resource: record1 }),
      ask('subject', { ...users, subject: { type: 'spaceship' } }),
      ask('resource', { subject: alice, action: read, resource: { type: 'spaceship' } }),
    ],
    check: (answers) =>
      answers.flatMap((answer, index) => [
        ...finds(answer, index ? 'id' : 'name', []),
        ...(listOf(member(answer.json, 'results')).length ? [`answer ${index} has results`] : []),
      ]),
  },
  {
    id: 'c-4-7',
    level: 'search core',
    title: 'what a search needs and lacks is 400',
    asks: [
      ask('subject', { subject: { type: 'user' }, resource: record1 }),
      ask('subject', { action: read, resource: record1 }),
      ask('resource', { action: read, resource: { type: 'record' } }),
      ask('action', { subject: alice }),
      ask('subject', { ...users, resource: { type: 'record' } }),
      ask('resource', { subject: { type: 'user' }, action: read, resource: { type: 'record' } }),
      ask('action', { subject: { type: 'user' }, resource: record1 }),
      ask('subject', { ...users, page: { limit: 'many' } }),
      { api: 'subject', raw: '{' },
    ],
    check: (answers) => answers.flatMap((answer) => hasStatus(answer, 400)),
  },
  {
    id: 'c-5 search',
    level: 'transport',
    title: 'a search echoes X-Request-ID, needs credentials and is a POST',
    asks: [
      { api: 'subject', body: users, headers: { 'X-Request-ID': 'search-1' } },
      { api: 'subject', body: users, token: null },
      { api: 'subject', method: 'GET' },
    ],
    check: ([answer, stranger, got]) => [
      ...(answer!.headers.get('x-request-id') === 'search-1' ? [] : ['X-Request-ID did not come back']),
      ...hasStatus(stranger!, 401),
      ...hasStatus(got!, 400, 404, 405),
    ],
  },
];

export const SEARCH: Case[] = [...RESULTS, ...PAGES, ...EMPTY];
