type Node = Record<string, unknown>;

const TEXTS: Record<string, string> = {
  'date-time': '2026-01-02T03:04:05Z',
  date: '2026-01-02',
  uri: 'https://example.org/x',
  email: 'a@example.org',
  uuid: '5b0f2c1e-7c1d-4a59-9a55-0d3d6a4b8f10',
};

const DEEPEST = 12;

/** The smallest answer a description allows: what it requires, and nothing else. The suite puts its state over it. */
export function sampler(document: object): (ref: string, over?: Node) => Node {
  const at = (ref: string): Node =>
    ref
      .slice(2)
      .split('/')
      .reduce<unknown>((node, part) => (node as Node)?.[part.replace(/~1/g, '/')], document) as Node;

  function textOf(schema: Node): string {
    const least = Math.max(0, Number(schema.minLength ?? 0));
    return (TEXTS[`${schema.format}`] ?? 'x').padEnd(least, 'x');
  }

  function of(given: unknown, depth = 0): unknown {
    const schema = (given ?? {}) as Node;
    if (typeof schema.$ref === 'string') return of(at(schema.$ref), depth);
    if (Array.isArray(schema.enum)) return schema.enum[0];
    if (depth > 0 && schema.nullable === true) return null;
    if (depth > DEEPEST) return {};
    const choice = (schema.oneOf ?? schema.anyOf) as unknown[] | undefined;
    if (choice) return of(choice[0], depth + 1);
    if (Array.isArray(schema.allOf)) return Object.assign({}, ...schema.allOf.map((one) => of(one, depth + 1)));
    if (schema.type === 'array') return [];
    if (schema.type === 'integer' || schema.type === 'number') return Number(schema.minimum ?? 1);
    if (schema.type === 'boolean') return false;
    if (schema.type === 'string') return textOf(schema);
    const properties = (schema.properties ?? {}) as Node;
    const required = (schema.required ?? []) as string[];
    return Object.fromEntries(required.map((name) => [name, of(properties[name], depth + 1)]));
  }

  return (ref, over = {}) => ({ ...(of(at(ref)) as Node), ...over });
}
