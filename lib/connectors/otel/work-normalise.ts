import { type Span, said } from '@/lib/connectors/otel/span-normalise';
import { numberOf } from '@/lib/sessions/loose-model';
import type { SessionEventInput } from '@/lib/sessions/model';

type Work = NonNullable<SessionEventInput['ai']>;

const SERVER = /^(?:SERVER|CONSUMER|2|5)$/;

/** Whether the span was made where the call arrived, not where it was made. */
export const isServer = (span: Span): boolean => SERVER.test(span.kind);

/** The tool server: the far end of a client's call; a server's own name. */
function serverOf(span: Span): string | null {
  if (isServer(span)) return said(span.resource, 300, 'service.name');
  const named = said(span.attributes, 300, 'mcp.server.name', 'mcp.server', 'server.address', 'network.peer.address');
  const port = said(span.attributes, 8, 'server.port');
  return named && port && named === said(span.attributes, 300, 'server.address') ? `${named}:${port}` : named;
}

const count = (value: unknown): number | undefined => {
  const number = numberOf(value);
  return number !== null && Number.isSafeInteger(number) && number >= 0 ? number : undefined;
};

/** What the agent did, in the words of the conventions. Messages, instructions, arguments and results are not looked at. */
export function workOf(span: Span): Work {
  const { attributes } = span;
  const told = {
    operation: said(attributes, 100, 'gen_ai.operation.name'),
    agent: said(attributes, 200, 'gen_ai.agent.name', 'gen_ai.agent.id'),
    model: said(attributes, 200, 'gen_ai.request.model', 'gen_ai.response.model'),
    provider: said(attributes, 100, 'gen_ai.provider.name', 'gen_ai.system'),
    tool: said(attributes, 200, 'gen_ai.tool.name', 'mcp.tool.name', 'gen_ai.prompt.name', 'mcp.resource.uri'),
    server: serverOf(span),
    method: said(attributes, 100, 'mcp.method.name'),
    conversation: said(attributes, 512, 'gen_ai.conversation.id'),
    principal: said(attributes, 300, 'enduser.id', 'user.id', 'user.email', 'user.name'),
  };
  const input = count(attributes['gen_ai.usage.input_tokens'] ?? attributes['gen_ai.usage.prompt_tokens']);
  const output = count(attributes['gen_ai.usage.output_tokens'] ?? attributes['gen_ai.usage.completion_tokens']);
  return {
    ...(Object.fromEntries(Object.entries(told).filter(([, value]) => value !== null)) as Work),
    ...(input === undefined ? {} : { inputTokens: input }),
    ...(output === undefined ? {} : { outputTokens: output }),
  };
}

const words = (list: string): Set<string> => new Set(list.split(' '));
const VERBS: [SessionEventInput['class'], Set<string>][] = [
  ['export', words('export download dump backup extract')],
  ['approval', words('approve approves approval confirm consent signoff')],
  [
    'change',
    words(
      'create update delete remove write put post patch insert upsert set send deploy pay transfer refund move rename upload edit merge push commit grant revoke cancel restart stop start apply add install click type fill close open assign submit publish schedule',
    ),
  ],
  [
    'read',
    words(
      'get list read search find query fetch lookup look describe show view browse retrieve recall status check count screenshot navigate select inspect explain',
    ),
  ],
];
/** Say that something is done, and not what: `run_query` queries. */
const WEAK = words('run exec execute invoke call do');

/** By the first verb in what the tool is called: `getOrder`, `orders.delete`, `export_report`. */
const byTool = (tool: string): SessionEventInput['class'] => {
  const name = tool.slice(0, 200).replace(/([a-z])([A-Z])/g, '$1_$2');
  const parts = name.toLowerCase().split(/[^a-z]+/);
  for (const part of parts) {
    const found = VERBS.find(([, verbs]) => verbs.has(part));
    if (found) return found[0];
  }
  return parts.some((part) => WEAK.has(part)) ? 'change' : 'other';
};

export function classOf(work: Work): SessionEventInput['class'] {
  const { method, operation, tool } = work;
  if (method === 'elicitation/create') return 'approval';
  if (method === 'initialize' || method === 'ping' || method === 'server/discover') return 'session';
  if (
    method &&
    /^(?:tools|resources|prompts|tasks|completion)\/(?:list|get|read|templates\/list|complete|result)$/.test(method)
  )
    return 'read';
  if (tool && (method === 'tools/call' || operation === 'execute_tool' || !operation)) return byTool(tool);
  if (operation && /^(?:invoke_agent|create_agent|invoke_workflow)$/.test(operation)) return 'session';
  return operation === 'retrieval' ? 'read' : 'other';
}
