import { normalise, sniff } from '@/lib/connectors/otel/normalise';
import { unpack } from '@/lib/connectors/otel/span-normalise';
import type { LogFormat } from '@/lib/sessions/import-model';

export const otel: LogFormat = {
  name: 'otel',
  aliases: ['opentelemetry', 'otlp', 'genai', 'mcp'],
  title: 'OpenTelemetry GenAI / MCP',
  shape: 'json',
  lists: ['resourceSpans', 'resource_spans', 'spans'],
  unpack,
  sniff,
  normalise,
};
