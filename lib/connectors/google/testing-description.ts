import fs from 'node:fs';
import path from 'node:path';
import { descriptionFolder } from '@/lib/connectors/testing-folder';

// Google’s discovery documents, which its own clients are made from, as OpenAPI: the same paths, parameters and schemas in other
// words. A member that no schema has is refused.

type Node = Record<string, unknown>;

const CONSTRAINTS = ['type', 'enum', 'pattern', 'format', 'minimum', 'maximum'] as const;

function schemaOf(given: Node): Node {
  if (typeof given.$ref === 'string') return { $ref: `#/components/schemas/${given.$ref}` };
  if (given.type === 'any') return {};
  if (given.type === 'array') return { type: 'array', items: schemaOf((given.items ?? {}) as Node) };
  if (given.type !== 'object') {
    return Object.fromEntries(
      CONSTRAINTS.filter((key) => given[key] !== undefined && key !== 'pattern').map((key) => [key, given[key]]),
    );
  }
  const properties = Object.fromEntries(
    Object.entries((given.properties ?? {}) as Record<string, Node>).map(([name, one]) => [name, schemaOf(one)]),
  );
  const more = given.additionalProperties as Node | undefined;
  return { type: 'object', properties, additionalProperties: more ? schemaOf(more) : false };
}

interface Method {
  httpMethod: string;
  flatPath?: string;
  path: string;
  parameters?: Record<string, Node>;
  request?: { $ref: string };
  response?: { $ref: string };
}

function operationOf(method: Method, where: string): Node {
  const json = (name: string) => ({ 'application/json': { schema: { $ref: `#/components/schemas/${name}` } } });
  const inPath = [...where.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
  const query = Object.entries(method.parameters ?? {})
    .filter(([, one]) => one.location === 'query')
    .map(([name, one]) => ({
      name,
      in: 'query',
      required: one.required === true,
      schema: one.repeated === true ? { type: 'array', items: schemaOf(one) } : schemaOf(one),
    }));
  return {
    parameters: [...inPath, ...query],
    ...(method.request ? { requestBody: { content: json(method.request.$ref) } } : {}),
    responses: { '200': { description: 'done', ...(method.response ? { content: json(method.response.$ref) } : {}) } },
  };
}

function walk(resource: Node, paths: Record<string, Node>): void {
  for (const method of Object.values((resource.methods ?? {}) as Record<string, Method>)) {
    const where = `/${method.flatPath ?? method.path}`;
    paths[where] = { ...paths[where], [method.httpMethod.toLowerCase()]: operationOf(method, where) };
  }
  for (const one of Object.values((resource.resources ?? {}) as Record<string, Node>)) walk(one, paths);
}

/** IAM v1, Resource Manager v3 and Logging v2 in one: their paths begin differently. */
export function googleDescription(): object {
  const folder = descriptionFolder('google');
  const paths: Record<string, Node> = {};
  const schemas: Node = {};
  for (const name of ['cloudresourcemanager.v3', 'logging.v2', 'iam.v1']) {
    const document = JSON.parse(fs.readFileSync(path.join(folder, `${name}.json`), 'utf8')) as Node;
    walk(document, paths);
    // Empty, Policy and Binding stand in several of them, alike.
    for (const [key, one] of Object.entries(document.schemas as Record<string, Node>)) schemas[key] = schemaOf(one);
  }
  return { openapi: '3.0.3', info: { title: 'Google Cloud', version: '1' }, paths, components: { schemas } };
}
