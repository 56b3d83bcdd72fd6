import { z } from 'zod';

// Subject identifiers of RFC 9493 and SSF 1.0. Read leniently: what is beside the members of a format is ignored.

const text = z.string().min(1).max(2000);

const SIMPLE = {
  account: z.object({ format: z.literal('account'), uri: text }),
  email: z.object({ format: z.literal('email'), email: text }),
  iss_sub: z.object({ format: z.literal('iss_sub'), iss: text, sub: text }),
  opaque: z.object({ format: z.literal('opaque'), id: text }),
  phone_number: z.object({ format: z.literal('phone_number'), phone_number: text }),
  did: z.object({ format: z.literal('did'), url: text }),
  uri: z.object({ format: z.literal('uri'), uri: text }),
  jwt_id: z.object({ format: z.literal('jwt_id'), iss: text, jti: text }),
  saml_assertion_id: z.object({ format: z.literal('saml_assertion_id'), issuer: text, assertion_id: text }),
  'ip-addresses': z.object({ format: z.literal('ip-addresses'), 'ip-addresses': z.array(text).min(1).max(50) }),
} as const;

const simple = z.discriminatedUnion('format', Object.values(SIMPLE) as [typeof SIMPLE.account, typeof SIMPLE.email]);
const aliases = z.object({ format: z.literal('aliases'), identifiers: z.array(simple).min(1).max(20) });
export type Simple = z.infer<(typeof SIMPLE)[keyof typeof SIMPLE]>;
export type Aliases = { format: 'aliases'; identifiers: Simple[] };
export type Part = Simple | Aliases;
export type Complex = { format: 'complex' } & { [part: string]: Part | 'complex' };
export type Subject = Part | Complex;

const part = z.union([simple, aliases]);
/** Every other name is a part that this subject also has; what is no subject identifier is ignored, as unknown members are. */
const complex = z
  .looseObject({ format: z.literal('complex') })
  .transform(({ format, ...parts }) => {
    const read = Object.entries(parts)
      .slice(0, 20)
      .flatMap(([name, value]) => {
        const parsed = part.safeParse(value);
        return parsed.success ? [[name, parsed.data] as const] : [];
      });
    return { format, ...Object.fromEntries(read) };
  })
  .refine((subject) => Object.keys(subject).length > 1, 'names nobody');

export const subjectSchema = z.union([simple, aliases, complex]) as unknown as z.ZodType<Subject>;

/** The parts of a subject by name. One that is not complex is a principal of its own, or a session where it is a token. */
export function partsOf(subject: Subject): Record<string, Part> {
  if (subject.format === 'complex') {
    const { format: _, ...parts } = subject as Complex;
    return parts as Record<string, Part>;
  }
  const one = subject as Part;
  if (one.format === 'jwt_id' || one.format === 'saml_assertion_id') return { session: one };
  if (one.format === 'ip-addresses') return { device: one };
  return { user: one };
}

/** The same text for the same subject, in whatever order its members came. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (value && typeof value === 'object')
    return `{${Object.keys(value)
      .sort()
      .map((key) => `${JSON.stringify(key)}:${canonical((value as Record<string, unknown>)[key])}`)
      .join(',')}}`;
  return JSON.stringify(value);
}

const samePart = (a: Part, b: Part): boolean => {
  const names = (one: Part): string[] => (one.format === 'aliases' ? one.identifiers.map(canonical) : [canonical(one)]);
  const held = names(b);
  return names(a).some((name) => held.includes(name));
};

/**
 * SSF 1.0 section on matching: simple subjects match where they are identical; complex ones where every part that both define
 * is. Disjoint ones would match vacuously, so at least one part has to be shared: nothing follows from nothing.
 */
export function matches(a: Subject, b: Subject): boolean {
  const [left, right] = [partsOf(a), partsOf(b)];
  const shared = Object.keys(left).filter((name) => right[name]);
  return shared.length > 0 && shared.every((name) => samePart(left[name]!, right[name]!));
}

/** A subject in words: what is in it, without its format. */
export function subjectText(subject: Subject): string {
  const said = (one: Part): string => {
    if (one.format === 'aliases') return one.identifiers.map(said).join(' = ');
    if (one.format === 'iss_sub') return `${one.sub} (${one.iss})`;
    const { format: _, ...rest } = one;
    return Object.values(rest).flat().join(' ');
  };
  return Object.entries(partsOf(subject))
    .map(([name, value]) => (name === 'user' ? said(value) : `${name} ${said(value)}`))
    .join(', ')
    .slice(0, 500);
}
