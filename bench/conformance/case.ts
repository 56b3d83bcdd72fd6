// What a conformance case is, and what can be expected of an answer. Needs nothing but fetch: runs against any decision point.

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
type Map = { [key: string]: Json };

export interface Answered {
  status: number;
  headers: Headers;
  text: string;
  /** Undefined: the body is no JSON. */
  json: Json | undefined;
}

export type Api = 'evaluation' | 'evaluations' | 'subject' | 'resource' | 'action' | 'metadata';
export const LEVELS = [
  'basic core',
  'basic properties',
  'batch core',
  'batch properties',
  'search core',
  'search properties',
  'discovery',
  'transport',
] as const;
export type Level = (typeof LEVELS)[number];

export interface Ask {
  api: Api;
  method?: string;
  body?: Json;
  /** Sent as it stands instead of `body`. */
  raw?: string;
  headers?: Record<string, string>;
  /** Sends no Authorization header, or another one. */
  token?: string | null;
}

export interface Case {
  /** Section of the certification scenario, or of the specification. */
  id: string;
  level: Level;
  title: string;
  /** Asked one after the other; a function sees what was answered so far. */
  asks: (Ask | ((before: Answered[]) => Ask | null))[];
  /** Says what is wrong; nothing = it holds. */
  check(answers: Answered[], context: { url: string }): string[];
}

export const isMap = (value: Json | undefined): value is Map =>
  value !== null && typeof value === 'object' && !Array.isArray(value);
export const member = (value: Json | undefined, name: string): Json | undefined =>
  isMap(value) && Object.hasOwn(value, name) ? value[name] : undefined;
export const listOf = (value: Json | undefined): Json[] => (Array.isArray(value) ? value : []);

const wrong = (holds: boolean, what: string): string[] => (holds ? [] : [what]);
const shortened = (answer: Answered): string => `${answer.status} ${answer.text.slice(0, 160)}`;

export const hasStatus = (answer: Answered, ...allowed: number[]): string[] =>
  wrong(allowed.includes(answer.status), `expected ${allowed.join(' or ')}, got ${shortened(answer)}`);

export const isJson = (answer: Answered): string[] => [
  ...wrong(answer.json !== undefined, 'the body is not JSON'),
  ...wrong(
    /^application\/json\s*(;|$)/i.test(answer.headers.get('content-type') ?? ''),
    `content type is ${answer.headers.get('content-type')}`,
  ),
];

/** A decision: 200, JSON, a boolean, and a context that is an object where there is one. */
export function decides(answer: Answered, expected?: boolean): string[] {
  const decision = member(answer.json, 'decision');
  const context = member(answer.json, 'context');
  return [
    ...hasStatus(answer, 200),
    ...isJson(answer),
    ...wrong(typeof decision === 'boolean', 'decision is no boolean'),
    ...wrong(context === undefined || isMap(context), 'context is no object'),
    ...wrong(member(answer.json, 'evaluations') === undefined, 'a single answer has no evaluations'),
    ...wrong(expected === undefined || decision === expected, `decision is ${String(decision)}, not ${expected}`),
  ];
}

/** A batch: 200, as many decisions as expected, in order; `null` = either. */
export function decidesMany(answer: Answered, expected: (boolean | null)[]): string[] {
  const items = member(answer.json, 'evaluations');
  const decisions = listOf(items).map((one) => member(one, 'decision'));
  return [
    ...hasStatus(answer, 200),
    ...isJson(answer),
    ...wrong(Array.isArray(items), 'evaluations is no array'),
    ...wrong(decisions.length === expected.length, `${decisions.length} decisions, not ${expected.length}`),
    ...decisions.flatMap((one, index) => [
      ...wrong(typeof one === 'boolean', `evaluations.${index}.decision is no boolean`),
      ...wrong(
        expected[index] === null || expected[index] === undefined || one === expected[index],
        `evaluations.${index} is ${String(one)}`,
      ),
    ]),
    ...listOf(items).flatMap((one, index) =>
      wrong(
        member(one, 'context') === undefined || isMap(member(one, 'context')),
        `evaluations.${index}.context is no object`,
      ),
    ),
  ];
}

/** A search: 200, results of the wanted type with these names among them, and a page that says whether there is more. */
export function finds(answer: Answered, key: 'id' | 'name', names: string[], type?: string): string[] {
  const results = member(answer.json, 'results');
  const page = member(answer.json, 'page');
  const found = listOf(results).map((one) => member(one, key));
  return [
    ...hasStatus(answer, 200),
    ...isJson(answer),
    ...wrong(Array.isArray(results), 'results is no array'),
    ...wrong(
      found.every((one) => typeof one === 'string'),
      `a result has no ${key}`,
    ),
    ...wrong(
      listOf(results).every((one) => type === undefined || member(one, 'type') === type),
      `a result is no ${type}`,
    ),
    ...names.flatMap((name) => wrong(found.includes(name), `${name} is not among the results`)),
    ...wrong(page === undefined || isMap(page), 'page is no object'),
    ...wrong(
      page === undefined || typeof member(page, 'next_token') === 'string',
      'page has no next_token, which is required in it',
    ),
  ];
}
