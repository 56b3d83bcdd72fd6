import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { otel } from '@/lib/connectors/otel/format';
import { normalise } from '@/lib/connectors/otel/normalise';
import { classOf } from '@/lib/connectors/otel/work-normalise';
import { cut } from '@/lib/sessions/cut';

const text = (name: string) => fs.readFileSync(path.join(import.meta.dirname, 'fixtures', name), 'utf8');
const recordsOf = (name: string) =>
  cut(otel, text(name)).map((raw) => ('record' in raw ? (raw.record as Record<string, unknown>) : {}));
const records = recordsOf('otlp.json');
const span = (id: number) => records.find((each) => each.spanId === id.toString(16).padStart(16, '0'))!;
const eventOf = (record: unknown) => {
  const read = normalise(record);
  if (read.kind !== 'event') throw new Error(JSON.stringify(read));
  return read.event;
};
const event = (id: number) => eventOf(span(id));
const TRACE = '5b8efff798038103d269b633813fc60c';

test('a batch is its spans, each with its resource; spans of anything else are no facts', () => {
  expect(records).toHaveLength(10);
  expect(normalise(span(6))).toEqual({ kind: 'skipped' });
  expect(normalise(span(23))).toEqual({ kind: 'skipped' });
});

test('who: the agent; a client that names itself; the service that called', () => {
  expect(event(1).identity).toEqual({
    issuer: 'otel:shop',
    type: 'agent',
    externalId: 'asst_5j66',
    name: 'refund-agent',
    kind: 'ai_agent',
  });
  expect(event(21).identity).toMatchObject({ type: 'client', externalId: 'desktop-client' });
  expect(eventOf(recordsOf('console.json')[0]).identity).toMatchObject({
    type: 'service',
    externalId: 'billing-agent',
  });
});

describe('session', () => {
  test('a conversation is one, across traces and tool calls', () => {
    for (const id of [1, 2, 3, 4, 5])
      expect(event(id).session).toMatchObject({ key: 'conversation conv_77aa', observedBy: 'native', kind: 'agent' });
    expect(new Set([1, 3, 5].map((id) => event(id).run))).toEqual(new Set(['conv_77aa']));
  });

  test('MCP’s own while it had one; afterwards its id means nothing and the trace holds it together', () => {
    expect([21, 22].map((id) => event(id).session?.key)).toEqual(['mcp 1868a90c', 'mcp 1868a90c']);
    const attributes = [
      { key: 'mcp.method.name', value: { stringValue: 'tools/call' } },
      { key: 'mcp.client.name', value: { stringValue: 'c' } },
      { key: 'mcp.session.id', value: { stringValue: '1868a90c' } },
      { key: 'mcp.protocol.version', value: { stringValue: '2026-07-28' } },
    ];
    expect(eventOf({ ...span(21), attributes }).session).toMatchObject({
      key: 'trace aa8efff798038103d269b633813fc60c',
      observedBy: 'derived',
    });
  });

  test('what a tool server does stems from the call that its trace came with', () => {
    expect(event(3).minted).toEqual([{ externalId: `trace ${TRACE}`, kind: 'trace_context', how: 'tool' }]);
    expect(event(20).parent).toEqual({ how: 'tool', credential: `trace ${TRACE}` });
  });
});

test('what was done: tools by their names, methods, models and tokens; never what was said', () => {
  expect([1, 2, 3, 4, 22].map((id) => event(id).class)).toEqual(['session', 'other', 'read', 'change', 'read']);
  expect(event(4).outcome).toBe('failure');
  expect(event(3).ai).toEqual({
    operation: 'execute_tool',
    agent: 'refund-agent',
    tool: 'get_order',
    server: 'orders-mcp.internal:8443',
    method: 'tools/call',
    conversation: 'conv_77aa',
  });
  expect(event(1).ai).toMatchObject({ principal: 'dana', inputTokens: 1200, outputTokens: 340, model: 'gpt-5' });
  expect(event(22).resource).toBe('postgres://db/orders');
  expect(JSON.stringify(records.map(normalise))).not.toContain('4111');
  const by = {
    getOrder: 'read',
    'orders.delete': 'change',
    export_report: 'export',
    approve_payment: 'approval',
    run_query: 'read',
    run_code: 'change',
    get_order_status: 'read',
    x: 'other',
  };
  for (const [tool, kind] of Object.entries(by)) expect([tool, classOf({ tool })]).toEqual([tool, kind]);
});

test('place, client and time', () => {
  expect(event(20)).toMatchObject({ network: '10.4.0.9', agent: 'python-httpx', region: 'eu-west-1' });
  expect(event(1)).toMatchObject({ at: '2026-03-02T10:00:00.000Z', network: null, attributes: { durationMs: 9000 } });
});

test('a line a span says the same as the batch', () => {
  const [batch, line] = [event(3), eventOf(recordsOf('spans.log')[2])];
  expect({ ...line, at: batch.at, attributes: {} }).toEqual({ ...batch, attributes: {} });
});

test('what is no span is refused with a reason', () => {
  for (const bad of [null, 'x', {}, { ...span(1), startTimeUnixNano: 'x' }, { ...span(1), traceId: undefined }])
    expect(normalise(bad)).toEqual({ kind: 'rejected', reason: expect.stringMatching(/\w/) });
});
