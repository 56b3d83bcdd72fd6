import { parse } from 'yaml';
import { z } from 'zod';
import { problemsOf } from '@/lib/connectors/generic/problems-model';
import { BraidError } from '@/lib/platform/errors';
import { SESSION_KINDS } from '@/lib/sessions/model';

const text = (most: number) => z.string().min(1).max(most);
const path = text(200).regex(
  /^[^\s.[\]]|^\[/,
  'is no path: write it like request.user.id, items[0].name or ["odd name"].id',
);
const values = z.record(text(200), text(200));

/** A field of an event: a path into the record, or a constant, with what its values mean. */
const fieldSchema = z.union([
  path,
  z
    .strictObject({
      path: path.optional(),
      /** Several paths: of a list the first that says something; of a key all of them, joined. */
      paths: z.array(path).min(1).max(8).optional(),
      /** The same for every record. */
      value: text(500).optional(),
      /** What each value of the record means here; `*` any other. */
      values: values.optional(),
      default: text(500).optional(),
      /** The value is a secret or token: only its digest is kept. */
      hash: z.boolean().optional(),
    })
    .refine((field) => [field.path, field.paths, field.value].filter((each) => each !== undefined).length === 1, {
      message: 'needs exactly one of path, paths and value',
    }),
]);
export type Field = z.infer<typeof fieldSchema>;

const KINDS = ['service_account', 'api_key', 'workload', 'oauth_app', 'ai_agent', 'ci_pipeline', 'human'] as const;
const CLASSES = ['read', 'change', 'approval', 'export', 'session', 'other'] as const;
export const PHASES = ['open', 'close', 'seen'] as const;

const mappingSchema = z.strictObject({
  /** The source its events are of: small letters, digits and dashes. */
  name: z.string().regex(/^[a-z][a-z0-9-]{1,39}$/, 'must be 2 to 40 small letters, digits and dashes'),
  title: text(100).optional(),
  /** Property under which a document holds its records, where it is not one of the usual ones. */
  records: text(100).optional(),
  /** Records without these values are understood and no fact; with `not`, those with them. */
  only: z
    .array(z.strictObject({ path, in: z.array(text(200)).min(1).max(100), not: z.boolean().optional() }))
    .max(10)
    .optional(),
  id: fieldSchema.optional(),
  /** A path alone: times that say their own zone, or epochs. */
  time: z
    .union([path, z.strictObject({ path, zone: text(10).optional() })])
    .transform((time) => (typeof time === 'string' ? { path: time } : time)),
  identity: z.strictObject({
    issuer: fieldSchema.optional(),
    type: fieldSchema.optional(),
    id: fieldSchema,
    name: fieldSchema.optional(),
    kind: z.union([
      z.enum(KINDS),
      z.strictObject({ path, values: z.record(text(200), z.enum(KINDS)), default: z.enum(KINDS) }),
    ]),
  }),
  session: z
    .strictObject({
      key: fieldSchema,
      kind: z.enum(SESSION_KINDS).default('api'),
      label: fieldSchema.optional(),
      phase: z.strictObject({ path, values: z.record(text(200), z.enum(PHASES)) }).optional(),
      gap_secs: z.number().int().min(1).max(864_000).default(1800),
      observed_by: z.enum(['native', 'derived', 'inferred']).default('derived'),
    })
    .optional(),
  credential: z.strictObject({ id: fieldSchema, kind: text(40).default('credential') }).optional(),
  parent: z
    .strictObject({
      how: z.enum(['refresh', 'role_chain', 'delegation', 'tool']),
      key: fieldSchema.optional(),
      credential: fieldSchema.optional(),
    })
    .optional(),
  action: fieldSchema,
  class: z
    .strictObject({
      path: path.optional(),
      values: z.record(text(200), z.enum(CLASSES)).optional(),
      default: z.enum(CLASSES).default('other'),
    })
    .default({ default: 'other' }),
  outcome: z.strictObject({ path, failure: z.array(text(200)).min(1).max(100) }).optional(),
  network: fieldSchema.optional(),
  region: fieldSchema.optional(),
  agent: fieldSchema.optional(),
  resource: fieldSchema.optional(),
  scope: fieldSchema.optional(),
  task: fieldSchema.optional(),
  run: fieldSchema.optional(),
  trusted_at: fieldSchema.optional(),
  expires_at: fieldSchema.optional(),
  attributes: z.record(text(60), fieldSchema).optional(),
});
export type Mapping = z.infer<typeof mappingSchema>;

const TEXT_MOST = 100_000;
const PROBLEMS_MOST = 12;

/** Reads a mapping in YAML or JSON. Throws `import.unreadable` that names each member that is wrong, and how it is written. */
export function parseMapping(source: string): Mapping {
  if (source.length > TEXT_MOST) throw refused([`it is longer than ${TEXT_MOST} characters`]);
  let read: unknown;
  try {
    read = parse(source, { maxAliasCount: 20 });
  } catch (error) {
    throw refused([(error instanceof Error ? error.message : 'it is no YAML').split('\n')[0]!.slice(0, 300)]);
  }
  const parsed = mappingSchema.safeParse(read);
  if (parsed.success) return parsed.data;
  const problems = problemsOf(parsed.error.issues, read, mappingSchema);
  throw refused([...new Set(problems)].slice(0, PROBLEMS_MOST));
}

const refused = (problems: string[]) =>
  new BraidError('import.unreadable', `The mapping can't be used: ${problems.join('; ')}.`.slice(0, 900), {
    detail: problems,
  });
