import { readSpan, type Span, said } from '@/lib/connectors/otel/span-normalise';
import { classOf, isServer, workOf } from '@/lib/connectors/otel/work-normalise';
import { agentFamily } from '@/lib/sessions/agent-model';
import type { Normalised } from '@/lib/sessions/import-model';
import { saying } from '@/lib/sessions/loose-model';
import type { SessionEventInput } from '@/lib/sessions/model';
import { readNetwork } from '@/lib/sessions/network-model';
import { readInstant, readTime } from '@/lib/sessions/time-model';

/** A pause longer than this splits a session, seconds. */
const GAP_SECS = 1800;
/** From this version on MCP has no sessions, and an id of one means nothing. */
const SESSIONLESS = '2026-07-28';

const rejected = (reason: string): Normalised => ({ kind: 'rejected', reason });

/**
 * One span of an AI agent or MCP client or server, by the GenAI and MCP conventions. Spans of anything else are understood
 * and no fact. MCP lost its sessions in 2026, and some clients open one for each call: so the conversation is the session;
 * without one the application's or MCP's own, else the trace holds it together.
 */
export function normalise(record: unknown): Normalised {
  const span = readSpan(record);
  if (!span) return rejected('is no span: it has neither ids nor attributes');
  if (!Object.keys(span.attributes).some((name) => /^(?:gen_ai|mcp)\./.test(name))) return { kind: 'skipped' };
  const at = readInstant(span.start);
  if (!at) return rejected('has no start time that can be read');
  if (!span.trace || !span.id) return rejected('has no trace id or span id');
  const identity = identityOf(span);
  if (!identity) return { kind: 'skipped' };
  const work = workOf(span);
  const network = networkOf(span);
  const session = sessionOf(span);
  return {
    kind: 'event',
    event: {
      source: 'otel',
      eventId: `${span.trace} ${span.id}`,
      at,
      identity,
      session: {
        key: session.key,
        kind: 'agent',
        label: `${identity.name} · ${work.tool ?? work.operation ?? work.method ?? span.name}`.slice(0, 200),
        phase: 'seen',
        gapSecs: GAP_SECS,
        observedBy: session.observedBy,
      },
      credential: null,
      action: (work.method ? `mcp:${work.method}` : `gen_ai:${work.operation ?? (span.name || 'span')}`).slice(0, 200),
      class: classOf(work),
      outcome: span.failed || said(span.attributes, 100, 'error.type') !== null ? 'failure' : 'success',
      network: network.address,
      region: said(span.resource, 64, 'cloud.region'),
      agent: agentFamily(span.attributes['user_agent.original']),
      resource: said(span.attributes, 1024, 'mcp.resource.uri', 'gen_ai.data_source.id') ?? work.tool ?? null,
      attributes: attributesOf(span, network.refused),
      run: (work.conversation ?? `trace ${span.trace}`).slice(0, 512),
      ...(said(span.attributes, 200, 'gen_ai.workflow.name')
        ? { task: said(span.attributes, 200, 'gen_ai.workflow.name')! }
        : {}),
      ...lineageOf(span, session.key, Boolean(work.tool ?? work.method)),
      ai: work,
    },
  };
}

/**
 * The agent, by its id or name; else the client that names itself; else the service that made the call. A server's span
 * says of the caller what it was told, and without that nobody.
 */
function identityOf(span: Span): SessionEventInput['identity'] | null {
  const space = said(span.resource, 100, 'service.namespace');
  const issuer = space ? `otel:${space}` : 'otel';
  const id = said(span.attributes, 300, 'gen_ai.agent.id', 'gen_ai.agent.name');
  const name = said(span.attributes, 300, 'gen_ai.agent.name', 'gen_ai.agent.id');
  if (id && name) return { issuer, type: 'agent', externalId: id, name, kind: 'ai_agent' };
  const client = said(span.attributes, 300, 'mcp.client.name', 'client.name');
  if (client) return { issuer, type: 'client', externalId: client, name: client, kind: 'ai_agent' };
  const service = isServer(span) ? null : said(span.resource, 300, 'service.name');
  return service ? { issuer, type: 'service', externalId: service, name: service, kind: 'ai_agent' } : null;
}

type Key = { key: string; observedBy: 'native' | 'derived' };

function sessionOf(span: Span): Key {
  const native = (key: string): Key => ({ key, observedBy: 'native' });
  const conversation = said(span.attributes, 512, 'gen_ai.conversation.id');
  if (conversation) return native(`conversation ${conversation}`);
  const own = said(span.attributes, 512, 'session.id') ?? said(span.resource, 512, 'session.id');
  if (own) return native(`session ${own}`);
  const mcp = said(span.attributes, 512, 'mcp.session.id');
  const version = said(span.attributes, 20, 'mcp.protocol.version');
  if (mcp && !(version !== null && version >= SESSIONLESS)) return native(`mcp ${mcp}`);
  return { key: `trace ${span.trace}`, observedBy: 'derived' };
}

/** A tool call hands its trace on: what a server does under that trace goes on with the caller's authority. */
function lineageOf(span: Span, key: string, calls: boolean): Partial<SessionEventInput> {
  const handed = `trace ${span.trace}`;
  if (isServer(span)) return { parent: { how: 'tool', credential: handed } };
  const previous = said(span.attributes, 512, 'session.previous_id');
  return {
    ...(calls && key !== handed ? { minted: [{ externalId: handed, kind: 'trace_context', how: 'tool' }] } : {}),
    ...(previous ? { parent: { how: 'refresh', key: `session ${previous}` } } : {}),
  };
}

const networkOf = (span: Span) =>
  isServer(span)
    ? readNetwork(said(span.attributes, 100, 'client.address', 'network.peer.address'))
    : readNetwork(said(span.resource, 100, 'host.ip') ?? said(span.attributes, 100, 'client.address'));

function attributesOf(span: Span, refused: string | null): SessionEventInput['attributes'] {
  const [start, end] = [readTime(span.start), readTime(span.end)];
  return saying({
    span: span.name,
    trace: span.trace,
    parentSpan: span.parent,
    service: said(span.resource, 200, 'service.name'),
    instance: said(span.resource, 200, 'service.instance.id', 'k8s.pod.name', 'host.name'),
    environment: said(span.resource, 60, 'deployment.environment.name', 'deployment.environment'),
    agentVersion: said(span.attributes, 60, 'gen_ai.agent.version'),
    protocol: said(span.attributes, 20, 'mcp.protocol.version'),
    mcpSession: said(span.attributes, 200, 'mcp.session.id'),
    error: said(span.attributes, 200, 'error.type'),
    durationMs: start !== null && end !== null && end >= start ? end - start : null,
    sourceAddress: refused,
  });
}

/** Spans carry trace and span ids; an agent's have words of the conventions. */
export const sniff = (sample: string): boolean =>
  /"(?:traceId|trace_id|TraceId)"\s*:/.test(sample) &&
  /"(?:resourceSpans|scopeSpans)"\s*:|"?(?:gen_ai|mcp)\.[a-z_.]+"?\s*[:,]/.test(sample);
