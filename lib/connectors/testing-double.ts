import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Document, OpenAPIBackend, type Operation } from 'openapi-backend';

// A system that can't be run here is stood in for by a double: its vendor's own published description says what may be asked
// and how it is answered, and the suite's handlers keep the state. What the description does not know is refused and noted,
// whether the connector asked it or the double answered it: a test ends with no violation noted.

export interface Asked {
  params: Record<string, string>;
  query: URLSearchParams;
  headers: http.IncomingHttpHeaders;
  /** JSON as sent, a form as an object, else text. */
  body: unknown;
}

export interface Answered {
  status: number;
  body?: unknown;
  headers?: Record<string, string>;
}

type Handler = (asked: Asked) => Answered | Promise<Answered>;

export interface DoubleSpec {
  /** OpenAPI 3, whole: what is not answered is cut away before it is compiled. */
  description: object;
  /** What stands before the description's paths, e.g. /api/v3. */
  base?: string;
  /** By "METHOD /path", as the description writes the path. */
  answers: Record<string, Handler>;
  /** Beside the description: a standard's own endpoints, such as a token endpoint. Not checked by it. */
  beside?: Record<string, Handler>;
  /** Members of a query that the server itself writes into its links, and that no description has. */
  unchecked?: string[];
  /** Asked before every handler of the description: an answer refuses the request. */
  guard?(asked: Asked, key: string): Answered | undefined;
}

export interface Double {
  url: string;
  /** What was asked or answered that the description does not know. */
  violations: string[];
  /** "METHOD /path" of every request of the description, in order. */
  log: string[];
  close(): Promise<void>;
}

type Node = Record<string, unknown>;
interface Route {
  key: string;
  method: string;
  pattern: RegExp;
  names: string[];
  handler: Handler | undefined;
  operation: Operation | undefined;
}

const FORMATS = {
  'date-time': /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)$/,
  date: /^\d{4}-\d\d-\d\d$/,
  uri: /^[a-z][a-z0-9+.-]*:\S+$/i,
  uuid: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i,
};
/** Refusals that vendors answer anywhere, and describe in words: no identity, no right, not found, too often. */
const EVERYWHERE = new Set([401, 403, 404, 429]);
const METHODS = ['get', 'put', 'post', 'delete', 'patch', 'head'];

function collect(node: unknown, into: Set<string>): void {
  if (Array.isArray(node)) for (const one of node) collect(one, into);
  else if (node && typeof node === 'object') {
    for (const [key, value] of Object.entries(node)) {
      if (key === '$ref' && typeof value === 'string') into.add(value);
      else collect(value, into);
    }
  }
}

const at = (document: Node, ref: string): unknown =>
  ref
    .slice(2)
    .split('/')
    .reduce<unknown>((node, part) => (node as Node)?.[part.replace(/~1/g, '/').replace(/~0/g, '~')], document);

/** OpenAPI 3.0's `nullable` as JSON Schema says it, for a validator that knows JSON Schema. */
function nulls(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(nulls);
  if (!node || typeof node !== 'object') return node;
  const { nullable, ...rest } = Object.fromEntries(
    Object.entries(node)
      .filter(([key]) => key !== 'example' && key !== 'examples')
      .map(([key, value]) => [key, nulls(value)]),
  );
  if (nullable === undefined || typeof nullable === 'object')
    return nullable === undefined ? rest : { ...rest, nullable };
  return nullable === true ? { anyOf: [rest, { type: 'null' }] } : rest;
}

const namesIn = (path: string): string[] => [...path.matchAll(/\{([^}]+)\}/g)].map(([, name]) => name!);

/** A path that every router reads alike: some descriptions write `/x(id='{id}')` or `/x/{id}:stop`. */
const plain = (index: number, names: string[], part: (name: string) => string): string =>
  [`/${index}`, ...names.map(part)].join('/');

/** The description with the operations named and what they refer to, nothing else: a whole one is tens of megabytes. */
function cut(description: Node, keys: string[]): Node {
  const paths: Node = {};
  for (const [index, key] of keys.entries()) {
    const [method, path] = key.split(' ') as [string, string];
    const whole = (description.paths as Record<string, Node>)[path];
    const operation = whole?.[method.toLowerCase()] as Node | undefined;
    if (!operation) throw new Error(`${key} is not in the description`);
    const kept = { ...operation, operationId: key, security: undefined, callbacks: undefined };
    const parameters = whole?.parameters ? { parameters: whole.parameters } : {};
    paths[plain(index, namesIn(path), (name) => `{${name}}`)] = { ...parameters, [method.toLowerCase()]: kept };
  }
  const wanted = new Set<string>();
  collect(paths, wanted);
  const components: Record<string, Node> = {};
  for (const ref of wanted) {
    const [, , group, name] = ref.split('/') as [string, string, string, string];
    const found = at(description, ref);
    components[group] = { ...components[group], [name.replace(/~1/g, '/')]: found };
    collect(found, wanted);
  }
  return { openapi: '3.0.3', info: { title: 'cut', version: '1' }, ...(nulls({ paths, components }) as Node) };
}

function routeOf(key: string, base: string, handler?: Handler, operation?: Operation): Route {
  const [method, path] = key.split(' ') as [string, string];
  const names: string[] = [];
  const source = path.replace(/[.*+?^$()|[\]\\]/g, '\\$&').replace(/\{([^}]+)\}/g, (_, name: string) => {
    names.push(name);
    return '([^/]+?)';
  });
  return { key, method, names, pattern: new RegExp(`^${base}${source}$`), handler, operation };
}

/** Paths with fewer unknown parts first, as every router reads a description. */
const bySpecificity = (a: Route, b: Route) => a.names.length - b.names.length || b.key.length - a.key.length;

function described(query: URLSearchParams, unchecked: string[] = []): URLSearchParams {
  return new URLSearchParams([...query].filter(([name]) => !unchecked.includes(name)));
}

function read(type: string, text: string): unknown {
  if (text === '') return undefined;
  if (type.includes('json')) return JSON.parse(text);
  return type.includes('form-urlencoded') ? Object.fromEntries(new URLSearchParams(text)) : text;
}

async function bodyOf(request: http.IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

/** Starts it on a free port of the loopback. Throws where a handler answers an operation the description does not have. */
export async function startDouble(spec: DoubleSpec): Promise<Double> {
  const document = spec.description as Node;
  const keys = Object.keys(spec.answers);
  const api = new OpenAPIBackend({
    definition: cut(document, keys) as unknown as Document,
    quick: true,
    ajvOpts: { strict: false, formats: FORMATS, logger: false },
    coerceTypes: true,
  });
  await api.init();
  // Compiled now: a large schema takes longer than a client waits for its first answer.
  for (const key of keys) {
    api.validator.getRequestValidatorsForOperation(key);
    api.validator.getStatusBasedResponseValidatorForOperation(key);
  }
  const base = spec.base ?? '';
  const known = Object.entries(document.paths as Record<string, Node>).flatMap(([path, item]) =>
    METHODS.filter((method) => item[method]).map((method) => `${method.toUpperCase()} ${path}`),
  );
  const operations = new Map(api.router.getOperations().map((one) => [one.operationId, one]));
  const routes = [
    ...Object.entries(spec.beside ?? {}).map(([key, handler]) => routeOf(key, '', handler)),
    ...known.map((key) => routeOf(key, base, spec.answers[key], operations.get(key))).sort(bySpecificity),
  ];
  const violations: string[] = [];
  const log: string[] = [];

  async function answer(request: http.IncomingMessage): Promise<Answered> {
    const url = new URL(request.url ?? '/', 'http://double');
    const method = request.method ?? 'GET';
    const fail = (status: number, what: string): Answered => {
      violations.push(`${method} ${url.pathname}${url.search}: ${what}`);
      return { status, body: { message: `double: ${what}` } };
    };
    const route = routes.find((one) => one.method === method && one.pattern.test(url.pathname));
    if (!route) return fail(404, 'not in the description');
    if (!route.handler) return fail(501, `${route.key} is described, but not answered here`);
    const values = route.pattern.exec(url.pathname)!.slice(1).map(decodeURIComponent);
    const params = Object.fromEntries(route.names.map((name, index) => [name, values[index]!]));
    const body = read(request.headers['content-type'] ?? '', await bodyOf(request));
    const asked: Asked = { params, query: url.searchParams, headers: request.headers, body };
    if (!route.operation) return route.handler(asked);
    log.push(route.key);
    const checked = api.validator.validateRequest(
      {
        method,
        path: plain(keys.indexOf(route.key), route.names, (name) => encodeURIComponent(params[name]!)),
        headers: request.headers as Record<string, string>,
        query: described(url.searchParams, spec.unchecked).toString(),
        body,
      },
      route.operation,
    );
    if (checked.errors?.length) return fail(400, `request: ${JSON.stringify(checked.errors).slice(0, 600)}`);
    const answered = spec.guard?.(asked, route.key) ?? (await route.handler(asked));
    const wrong = answerFault(api, route.operation, answered);
    return wrong ? fail(500, `answer ${answered.status}: ${wrong}`) : answered;
  }

  const server = http.createServer(async (request, response) => {
    const answered = await answer(request).catch(
      (error: Error): Answered => ({
        status: 500,
        body: { message: violations[violations.push(`${error.stack}`) - 1] },
      }),
    );
    const text = answered.body === undefined ? '' : JSON.stringify(answered.body);
    const type: Record<string, string> = text ? { 'content-type': 'application/json; charset=utf-8' } : {};
    response.writeHead(answered.status, { ...type, ...answered.headers }).end(text);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = () =>
    new Promise<void>((resolve) => {
      server.closeAllConnections();
      server.close(() => resolve());
    });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, violations, log, close };
}

/** Why the description does not allow this answer; undefined: it does. */
function answerFault(api: OpenAPIBackend, operation: Operation, { status, body }: Answered): string | undefined {
  const responses = (operation.responses ?? {}) as Record<string, { content?: Record<string, unknown> }>;
  const key = [`${status}`, `${`${status}`[0]}XX`, 'default'].find((one) => responses[one]);
  if (!key) return EVERYWHERE.has(status) ? undefined : 'this status is not described';
  const content = responses[key]?.content;
  const schema = Object.keys(content ?? {}).some((type) => type.includes('json'));
  if (!schema) return body === undefined || status >= 400 ? undefined : 'a body where none is described';
  if (body === undefined) return 'no body where one is described';
  const errors = api.validator.validateResponse(body, operation, key === 'default' ? undefined : status).errors;
  return errors?.length ? JSON.stringify(errors).slice(0, 900) : undefined;
}
