import fs from 'node:fs';
import path from 'node:path';
import { descriptionFolder } from '@/lib/connectors/testing-folder';

// Okta's management description (5.1.0) as its own SDK carries it: the generator wrote every path, parameter, body, answer and
// model of it into the SDK's files, one way each. They are read as text and put back into OpenAPI; the SDK itself is not run.

type Node = Record<string, unknown>;

const PRIMITIVES: Record<string, Node> = {
  string: { type: 'string' },
  number: { type: 'number' },
  boolean: { type: 'boolean' },
  any: {},
  void: {},
  Date: { type: 'string', format: 'date-time' },
};

const readOf = (...parts: string[]): string | null => {
  const file = path.join(...parts);
  return fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : null;
};

function schemaOf(type: string): Node {
  const list = /^Array<(.+)>$/.exec(type)?.[1];
  if (list) return { type: 'array', items: schemaOf(list) };
  const map = /^\{ \[key: string\]: (.+); \}$/.exec(type)?.[1];
  if (map) return { type: 'object', additionalProperties: schemaOf(map) };
  const quoted = type.match(/'([^']+)'/g);
  if (quoted) return { type: 'string', enum: [...new Set(quoted.map((one) => one.slice(1, -1)))] };
  return PRIMITIVES[type] ?? { $ref: `#/components/schemas/${type}` };
}

/** One model: its attributes with their types, what it extends, what must be there, and an enumeration's values. */
function modelOf(folder: string, name: string): Node {
  const types = readOf(folder, 'types/generated/models', `${name}.d.ts`);
  const source = readOf(folder, 'generated/models', `${name}.js`) ?? '';
  const values = new RegExp(`export type ${name} = ([^;]+);`).exec(types ?? valuesFile(folder, name))?.[1];
  if (values?.includes("'")) return schemaOf(values);
  const properties: Node = {};
  const entry = /'baseName': '([^']+)',\s*'type': '((?:[^'\\]|\\.)+)'/g;
  for (const [, attribute, type] of source.matchAll(entry))
    properties[attribute!] = schemaOf(type!.replace(/\\'/g, "'"));
  const required = [...(types ?? '').matchAll(/^ {2}'([^']+)': /gm)].map(([, attribute]) => attribute!);
  const parent = new RegExp(`class ${name} extends (\\w+?)_1\\.`).exec(source)?.[1];
  const open = !types || !/\.discriminator = undefined/.test(source);
  const own: Node = {
    type: 'object',
    properties,
    ...(required.length ? { required: required.filter((one) => properties[one]) } : {}),
    // A base of several kinds is answered as one of them, with more than it has itself.
    additionalProperties: open || parent !== undefined || Object.keys(properties).length === 0,
  };
  return parent ? { allOf: [{ $ref: `#/components/schemas/${parent}${BASE}` }, own] } : own;
}

const BASE = 'WithoutKinds';

/** An enumeration without a file of its own stands in that of the model it was written in. */
function valuesFile(folder: string, name: string): string {
  for (let end = name.length - 1; end > 2; end--) {
    const text = readOf(folder, 'types/generated/models', `${name.slice(0, end)}.d.ts`);
    if (text?.includes(`export type ${name} =`)) return text;
  }
  return '';
}

/** A base of several kinds: the member that tells the kind decides what else must hold. */
function kindsOf(folder: string, name: string): Node | null {
  const source = readOf(folder, 'generated/models', `${name}.js`) ?? '';
  const member = new RegExp(`${name}\\.discriminator = '(\\w+)'`).exec(source)?.[1];
  const mapping = new RegExp(`${name}\\.mapping = \\{([^}]+)\\}`).exec(source)?.[1];
  if (!member || !mapping) return null;
  const kinds = [...mapping.matchAll(/'([^']+)': '(\w+)'/g)].map(([, value, kind]) => ({
    if: { properties: { [member]: { const: value } }, required: [member] },
    // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
    then: { $ref: `#/components/schemas/${kind}` },
  }));
  return { allOf: [{ $ref: `#/components/schemas/${name}${BASE}` }, ...kinds] };
}

function operationOf(
  asks: string,
  answers: string,
): { key: string; operation: Node; path: string; method: string } | null {
  const where = /const path = '([^']+)'/.exec(asks)?.[1];
  const method = /HttpMethodEnum\.(\w+)/.exec(asks)?.[1]?.toLowerCase();
  if (!where || !method) return null;
  const parameters: Node[] = [...where.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
  const query = /setQueryParam\('([^']+)', ObjectSerializer_1\.ObjectSerializer\.serialize\(\w+, '((?:[^'\\]|\\.)+)'/g;
  for (const [, name, type] of asks.matchAll(query)) {
    parameters.push({ name, in: 'query', schema: schemaOf(type!.replace(/\\'/g, "'")) });
  }
  const body =
    /\.serialize\(body, '([^']+)'/.exec(asks)?.[1] ??
    /stringify\(\w+\.ObjectSerializer\.serialize\(\w+, '([^']+)'/.exec(asks)?.[1];
  const responses: Node = {};
  for (const part of answers.split(/if \(\(0, util_1\.isCodeInRange\)\(/).slice(1)) {
    const code = /^'(\w+)'/.exec(part)?.[1];
    const type = /parse\(await response\.body\.text\(\), contentType\), '((?:[^'\\]|\\.)+)'/.exec(
      part.split('throw')[0]!.split('// Work around')[0]!,
    )?.[1];
    const content = type ? { content: { 'application/json': { schema: schemaOf(type) } } } : {};
    if (code) responses[code] = { description: code, ...content };
  }
  const requestBody = body ? { requestBody: { content: { 'application/json': { schema: schemaOf(body) } } } } : {};
  return { key: `${method} ${where}`, path: where, method, operation: { parameters, responses, ...requestBody } };
}

/** `async name(…) { … }` of one class, by name. */
function methodsOf(source: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const part of source.split(/^ {2}async /m).slice(1)) found.set(/^\w+/.exec(part)![0], part);
  return found;
}

const refsIn = (node: unknown): string[] =>
  [...JSON.stringify(node).matchAll(/"#\/components\/schemas\/(\w+)"/g)].map(([, name]) => name!);

/** Okta's description as OpenAPI 3: every operation, and every model one of `keys` speaks of. */
export function oktaDescription(keys: string[]): object {
  const folder = descriptionFolder('okta');
  const paths: Record<string, Node> = {};
  const spoken: unknown[] = [];
  for (const file of fs.readdirSync(path.join(folder, 'generated/apis'))) {
    const source = readOf(folder, 'generated/apis', file)!;
    const at = source.search(/class \w+ResponseProcessor/);
    if (at < 0) continue;
    const answers = methodsOf(source.slice(at));
    for (const [name, asks] of methodsOf(source.slice(0, at))) {
      const found = operationOf(asks, answers.get(name) ?? '');
      if (!found) continue;
      paths[found.path] = { ...paths[found.path], [found.method]: found.operation };
      if (keys.includes(`${found.method.toUpperCase()} ${found.path}`)) spoken.push(found.operation);
    }
  }
  const schemas: Node = {};
  for (const queue = refsIn(spoken); queue.length > 0; ) {
    const name = queue.pop()!;
    if (schemas[name]) continue;
    const base = name.endsWith(BASE) ? name.slice(0, -BASE.length) : null;
    schemas[name] = base ? modelOf(folder, base) : (kindsOf(folder, name) ?? modelOf(folder, name));
    queue.push(...refsIn(schemas[name]));
  }
  return { openapi: '3.0.3', info: { title: 'Okta', version: '5.1.0' }, paths, components: { schemas } };
}
