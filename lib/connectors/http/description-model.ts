import { LineCounter, parseDocument } from 'yaml';
import { z } from 'zod';
import { GAP_IDS } from '@/lib/connectors/gap-model';
import { BraidError } from '@/lib/platform/errors';

const text = (most: number) => z.string().trim().min(1).max(most);
const STEP = /^\$?(?:\.?[A-Za-z_$][\w$-]*|\[\d{1,6}\]|\[\*\]|\[(?:"[^"\]]{1,200}"|'[^'\]]{1,200}')\]|\.)*$/;
const path = text(300).regex(STEP, 'is no path: write it like data.items[0].id');
const header = text(100).regex(/^[A-Za-z0-9-]+$/, 'is no name of a header');
const line = z
  .string()
  .min(1)
  .max(1000)
  .regex(/^[\x20-\x7e]+$/, 'has characters a header can’t have');

const condition = z
  .strictObject({
    path,
    equals: z.union([text(500), z.number(), z.boolean(), z.null()]).optional(),
    in: z
      .array(z.union([text(500), z.number(), z.boolean()]))
      .min(1)
      .max(50)
      .optional(),
    exists: z.boolean().optional(),
  })
  .refine(
    (one) => [one.equals, one.in, one.exists].filter((each) => each !== undefined).length === 1,
    'needs exactly one of equals, in and exists',
  );

const status = z.number().int().min(100).max(599);
const call = {
  /** `GET /users?scope=global`: below the base. */
  request: text(2000).regex(
    /^(GET|POST|PUT|PATCH|DELETE) \/(?!\/)\S*$/,
    'has to be a method and a path below the base, like GET /users',
  ),
  body: z.json().optional(),
  headers: z.record(header, line).optional(),
  /** Statuses that are a success; default any of 2xx. */
  status: z.array(status).min(1).max(20).optional(),
  /** What else has to hold of the answer. */
  where: condition.optional(),
};

const action = z.strictObject({
  ...call,
  /** Statuses that say it was so before, or that it is gone. */
  already: z.array(status).max(20).optional(),
});
export type Action = z.infer<typeof action>;

const paging = z.union([
  z.strictObject({ cursor: path, query: text(100) }),
  z.strictObject({ link: path }),
  z.strictObject({ page: text(100), first: z.number().int().min(0).max(1).default(1) }),
  z.strictObject({ offset: text(100) }),
]);
export type Paging = z.infer<typeof paging>;

const listing = { ...call, items: path, next: paging.optional(), keep: z.record(text(60), path).optional() };
const KINDS = ['service_account', 'api_key', 'workload', 'oauth_app', 'ai_agent', 'ci_pipeline', 'human'] as const;

const auth = z.union([
  z.strictObject({ bearer: z.literal(true) }),
  z.strictObject({ basic: z.strictObject({ user: text(300) }) }),
  z.strictObject({ header: z.strictObject({ name: header, prefix: line.optional() }) }),
  z.strictObject({
    oauth: z.strictObject({
      token: text(1000).regex(/^https?:\/\/\S+$/, 'is no http or https address'),
      client: text(300),
      scope: text(500).optional(),
      audience: text(500).optional(),
    }),
  }),
]);
export type Auth = z.infer<typeof auth>;

const probed = z.strictObject({
  ...call,
  gone: z.union([condition, z.strictObject({ status: z.array(status).min(1).max(20) })]),
});
export type ProbeCall = z.infer<typeof probed>;

export const descriptionSchema = z.strictObject({
  name: text(100),
  base: text(500)
    .regex(/^https?:\/\/[^\s?#]+$/, 'is no http or https address')
    .transform((at) => at.replace(/\/+$/, '')),
  auth,
  headers: z.record(header, line).optional(),
  identities: z
    .strictObject({
      ...listing,
      id: path,
      name: path.optional(),
      owner: path.optional(),
      purpose: path.optional(),
      kind: z.enum(KINDS).default('service_account'),
      /** May it come in? Default: all may. */
      enabled: condition.optional(),
    })
    .optional(),
  sessions: z
    .strictObject({
      ...listing,
      key: path,
      identity: path,
      label: path.optional(),
      started: path.optional(),
      last: path.optional(),
      network: path.optional(),
      /** Only these are live. */
      live: condition.optional(),
    })
    .optional(),
  /** Ends one session. */
  terminate: action.optional(),
  /** One identity as it is now: read before a block, and after it. */
  state: z.strictObject({ ...call, enabled: condition }).optional(),
  block: action.optional(),
  restore: action.optional(),
  /** Ends all sessions of an identity at once; absent: each listed one is ended. */
  end: action.optional(),
  /** Ends refresh and derived credentials. `anew`: a client gets them anew by itself, so a pause may end them too. */
  derived: action.extend({ anew: z.boolean().default(false) }).optional(),
  probe: z.strictObject({ identity: probed.optional(), session: probed.optional() }).optional(),
  /** Never ended, by id. */
  protected: z.array(text(300)).max(200).optional(),
  /** What goes on living after a block, and how long. */
  lives_on: z
    .array(
      z.strictObject({
        gap: z.enum(GAP_IDS),
        what: text(200),
        why: text(500),
        seconds: z.number().int().min(1).max(31_536_000).nullable(),
      }),
    )
    .max(10)
    .optional(),
  async: z.boolean().default(false),
  settles_ms: z.number().int().min(0).max(600_000).default(2_000),
  blast_radius: text(500).default('What the described requests end, and no more than they say.'),
  observability: text(500).default('What the described listing shows.'),
});
export type Description = z.infer<typeof descriptionSchema>;

const PLACES: Record<string, ('identity' | 'session')[]> = {
  identities: [],
  sessions: [],
  terminate: ['session'],
  state: ['identity'],
  block: ['identity'],
  restore: ['identity'],
  end: ['identity'],
  derived: ['identity'],
};

export interface Problem {
  /** Line of the text, from 1. */
  line: number;
  path: string;
  message: string;
}

type At = (string | number)[];

/** What does not fit together although each part is well formed. */
function* contradictions(given: Description, namesIn: (template: unknown) => string[]): Generator<[At, string]> {
  const needs = (what: keyof Description, other: keyof Description, why: string) =>
    given[what] && !given[other] ? [[[what] as At, `needs ${other}: ${why}`] as [At, string]] : [];
  yield* needs('terminate', 'sessions', 'a session is ended that was listed');
  yield* needs('block', 'state', 'whether it may come in is read before and after a block');
  yield* needs('restore', 'block', 'it gives back what a block took');
  yield* needs('end', 'block', 'sessions are ended once no new one can be opened');
  yield* needs('derived', 'block', 'credentials are ended once no new one is issued');
  if (given.block && !given.end && !given.terminate)
    yield [['block'], 'needs end or terminate: what is open goes on otherwise'];
  const calls: [At, unknown, ('identity' | 'session')[]][] = Object.entries(PLACES).map(([name, may]) => [
    [name],
    given[name as keyof Description],
    may,
  ]);
  calls.push(
    [['probe', 'identity'], given.probe?.identity, ['identity']],
    [['probe', 'session'], given.probe?.session, ['session']],
  );
  for (const [at, part, may] of calls) {
    if (!part) continue;
    const { request, body } = part as { request: string; body?: unknown };
    for (const [member, template] of [
      ['request', request],
      ['body', body],
    ] as const) {
      for (const name of namesIn(template)) {
        const [of, field] = name.split('.') as ['identity' | 'session', string];
        if (!may.includes(of)) yield [[...at, member], `knows no {${name}} here`];
        else if (!knownFields(given, of).includes(field))
          yield [
            [...at, member],
            `knows no {${name}}: keep it where ${of === 'identity' ? 'identities' : 'sessions'} are listed`,
          ];
      }
      const braces = JSON.stringify(template ?? '').replace(/\{[a-z]+\.[A-Za-z_][\w-]*\}/g, '');
      if (member === 'request' && /[{}]/.test(braces))
        yield [[...at, member], 'has braces that are no {identity.…} or {session.…}'];
    }
  }
}

const knownFields = (given: Description, of: 'identity' | 'session'): string[] =>
  of === 'identity'
    ? ['id', ...Object.keys(given.identities?.keep ?? {})]
    : ['key', 'identity', ...Object.keys(given.sessions?.keep ?? {})];

export type Checked = { description: Description; problems: [] } | { description: null; problems: Problem[] };

/** Reads a description in YAML or JSON. Every problem has the line it stands on. */
export function check(source: string, namesIn: (template: unknown) => string[]): Checked {
  const lines = new LineCounter();
  const document = parseDocument(source, { lineCounter: lines, uniqueKeys: true });
  const broken = document.errors.slice(0, 20).map((error) => ({
    line: lines.linePos(error.pos[0]).line || 1,
    path: '',
    message: error.message.split('\n')[0]!.replace(/ at line .*$/, ''),
  }));
  if (broken.length) return { description: null, problems: broken };
  /** The line of the deepest part of a path that is there. */
  const lineOf = (at: At): number => {
    for (let depth = at.length; depth >= 0; depth--) {
      const node = depth ? document.getIn(at.slice(0, depth), true) : document.contents;
      const range = (node as { range?: [number, number, number] } | null | undefined)?.range;
      if (range) return lines.linePos(range[0]).line;
    }
    return 1;
  };
  const problem = (at: At, message: string): Problem => ({ line: lineOf(at), path: at.join('.'), message });
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: 0 });
  } catch {
    return {
      description: null,
      problems: [{ line: 1, path: '', message: 'uses anchors and aliases, which are not read' }],
    };
  }
  const read = descriptionSchema.safeParse(value);
  if (!read.success) {
    const problems = read.error.issues.slice(0, 20).map((issue) => {
      const at = issue.path as At;
      const strange = issue.code === 'unrecognized_keys' ? issue.keys[0] : undefined;
      return strange ? problem([...at, strange], 'is no member that is known here') : problem(at, issue.message);
    });
    return { description: null, problems };
  }
  const problems = [...contradictions(read.data, namesIn)].map(([at, message]) => problem(at, message));
  return problems.length ? { description: null, problems } : { description: read.data, problems: [] };
}

/** Throws `input.invalid` naming every line. */
export function parseDescription(source: string, namesIn: (template: unknown) => string[]): Description {
  const { description, problems } = check(source, namesIn);
  if (description) return description;
  const said = problems.map((one) => `line ${one.line}: ${one.path ? `${one.path} ` : ''}${one.message}`);
  throw new BraidError('input.invalid', `The description can’t be used: ${said.join('; ').slice(0, 1500)}.`, {
    detail: problems.map((one) => ({ path: `description.${one.path}`, message: `line ${one.line}: ${one.message}` })),
  });
}
