import fs from 'node:fs';
import path from 'node:path';
import { descriptionFolder } from '@/lib/connectors/testing-folder';

// Microsoft Graph v1.0 as Microsoft’s own SDK for Python carries it: its generator wrote the address and query of every request,
// its bodies and answers, and each model’s members with their types, one way each. They are read as text and put back into
// OpenAPI; nothing of it is run. Members that no model has are refused, but for OData’s own annotations.

type Node = Record<string, unknown>;

const SCALARS: Record<string, Node> = {
  get_str_value: { type: 'string' },
  get_bool_value: { type: 'boolean' },
  get_int_value: { type: 'integer' },
  get_float_value: { type: 'number' },
  get_datetime_value: { type: 'string', format: 'date-time' },
  get_date_value: { type: 'string', format: 'date' },
  get_uuid_value: { type: 'string', format: 'uuid' },
  get_bytes_value: { type: 'string' },
  get_timedelta_value: { type: 'string' },
};
const PRIMITIVES: Record<string, Node> = {
  str: { type: 'string' },
  int: { type: 'integer' },
  UUID: { type: 'string' },
  bool: { type: 'boolean' },
};

const DEEPEST = 2;

/** Objects of the directory itself, as against values within one. */
const isEntity = (file: string | undefined): boolean =>
  file !== undefined &&
  fs.existsSync(file) &&
  /^class \w+\((Entity|DirectoryObject), Parsable\)/m.test(fs.readFileSync(file, 'utf8'));

const snake = (name: string): string =>
  name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1_$2')
    .toLowerCase();

/** Where each class of a file’s imports is, by name. */
function importsOf(file: string, source: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const [, dots, where, name] of source.matchAll(/from (\.+)([\w.]*) import (\w+)/g)) {
    const up = '../'.repeat(dots!.length - 1);
    found.set(name!, path.join(path.dirname(file), up, `${where!.replaceAll('.', '/')}.py`));
  }
  return found;
}

/** One class’s file as a schema. `seen` holds what is read already, by the class’s own file. */
class Models {
  readonly schemas: Record<string, Node> = {};

  /** `depth`: how far below an answer. What lies deeper is taken as some object: the directory is one great net. */
  of(file: string, name: string, depth = 0): Node {
    if (depth > DEEPEST && !this.schemas[name]) return {};
    if (!this.schemas[name]) {
      this.schemas[name] = {};
      this.schemas[name] = this.read(file, name, depth);
    }
    return { $ref: `#/components/schemas/${name}` };
  }

  private read(file: string, name: string, depth: number): Node {
    const source = fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : '';
    const values = [...source.matchAll(/^ {4}\w+ = "([^"]*)",$/gm)].map(([, value]) => value!);
    if (/\(str, Enum\)/.test(source)) return { type: 'string', enum: [...new Set(values)] };
    const { parents, properties } = this.members(file, source, depth);
    const known = { ...parents, ...properties };
    return {
      type: 'object',
      properties: Object.fromEntries(
        Object.entries(known).map(([key, schema]) => [key, { anyOf: [schema, { type: 'null' }] }]),
      ),
      // A kind of it, told by @odata.type, may have more.
      ...(this.hasKinds(source) ? {} : { patternProperties: { '^@|@odata\\.': {} }, additionalProperties: false }),
      title: name,
    };
  }

  private hasKinds(source: string): boolean {
    return /mapping_value\.casefold\(\)/.test(source);
  }

  private members(file: string, source: string, depth: number): { parents: Node; properties: Node } {
    const imports = importsOf(file, source);
    const parent = /^class \w+\((\w+),/m.exec(source)?.[1] ?? '';
    const from = imports.get(parent);
    const above =
      from && fs.existsSync(from) && parent !== 'AdditionalDataHolder' ? fs.readFileSync(from, 'utf8') : null;
    const read = above ? this.members(from!, above, depth) : { parents: {}, properties: {} };
    const properties: Node = {};
    const entry = /"([^"]+)": lambda n : setattr\(self, '\w+', n\.(\w+)\((\w*)\)\)/g;
    for (const [, member, how, type] of source.matchAll(entry))
      properties[member!] = this.typeOf(imports, how!, type!, { file, depth });
    return { parents: { ...read.parents, ...read.properties }, properties };
  }

  private typeOf(imports: Map<string, string>, how: string, type: string, from: { file: string; depth: number }): Node {
    const scalar = SCALARS[how];
    if (scalar) return scalar;
    if (how === 'get_collection_of_primitive_values') return { type: 'array', items: PRIMITIVES[type] ?? {} };
    // What a relationship leads to is in no answer unless it is asked for, and Braid never does.
    if (from.depth > 0 && isEntity(imports.get(type))) return {};
    const where = imports.get(type) ?? path.join(path.dirname(from.file), `${snake(type)}.py`);
    const model = this.of(where, type, from.depth + 1);
    return how.startsWith('get_collection') ? { type: 'array', items: model } : model;
  }
}

/** `{+baseurl}/users/{user%2Did}{?%24select}` → path, its parts in braces, and what may be asked. */
function addressOf(template: string): { path: string; parameters: Node[] } {
  const [, where, query] = /^\{\+baseurl\}([^?]*?)(?:\{\?([^}]+)\})?$/.exec(template) ?? [];
  const names: string[] = [];
  const clean = where!.replace(/\{([^}]+)\}/g, (_, name: string) => {
    names.push(decodeURIComponent(name).replace(/\W/g, '_'));
    return `{${names.at(-1)}}`;
  });
  const parameters: Node[] = names.map((name) => ({ name, in: 'path', required: true, schema: { type: 'string' } }));
  for (const one of (query ?? '').split(',').filter(Boolean)) {
    const name = decodeURIComponent(one);
    const schema =
      name === '$top' || name === '$skip'
        ? { type: 'integer' }
        : name === '$count'
          ? { type: 'boolean' }
          : { type: 'string' };
    parameters.push({ name, in: 'query', schema });
  }
  return { path: clean, parameters };
}

function operationsOf(models: Models, file: string, source: string, parameters: Node[]): Node {
  const imports = importsOf(file, source);
  const operations: Node = {};
  for (const [, method, rest] of source.matchAll(
    /async def (get|post|patch|delete|put)\(self,([\s\S]*?)(?=\n {4}async def|\n {4}def |$)/g,
  )) {
    const answer = /send_(?:async|collection_async)\(request_info, (\w+),/.exec(rest!)?.[1];
    const body = /^\s*body: (\w+)/.exec(rest!)?.[1];
    const json = (type: string) => ({ 'application/json': { schema: models.of(imports.get(type) ?? '', type) } });
    operations[method!] = {
      parameters,
      ...(body ? { requestBody: { content: json(body) } } : {}),
      responses: {
        '2XX': { description: 'done', ...(answer && method !== 'patch' ? { content: json(answer) } : {}) },
        // Graph answers a change with 204 and nothing in it.
        ...(method === 'patch' || method === 'delete' ? { '204': { description: 'done' } } : {}),
        '4XX': { description: 'refused', content: json('ODataError') },
      },
    };
  }
  return operations;
}

/** Graph’s description as OpenAPI 3, of the request builders named: folders below the SDK’s generated root. */
export function graphDescription(folders: string[]): object {
  const root = descriptionFolder('microsoft');
  const models = new Models();
  const paths: Record<string, Node> = {};
  for (const folder of folders) {
    const found = fs.readdirSync(path.join(root, folder)).find((name) => name.endsWith('_request_builder.py'));
    const file = path.join(root, folder, found!);
    const source = fs.readFileSync(file, 'utf8');
    const template = /super\(\)\.__init__\(request_adapter, "([^"]+)"/.exec(source)![1]!;
    const { path: where, parameters } = addressOf(template);
    paths[where] = operationsOf(models, file, source, parameters);
  }
  return {
    openapi: '3.0.3',
    info: { title: 'Microsoft Graph', version: 'v1.0' },
    paths,
    components: { schemas: models.schemas },
  };
}
