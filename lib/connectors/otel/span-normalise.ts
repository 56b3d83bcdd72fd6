import { type Loose, listOf, objectOf, textOf, wordOf } from '@/lib/sessions/loose-model';

const SPANS_MOST = 10_000;
const ATTRIBUTES_MOST = 200;
const VALUE_MOST = 2000;

/** One span, however it was exported: OTLP, a line a span, or a console exporter's object. */
export interface Span {
  trace: string | null;
  id: string | null;
  parent: string | null;
  name: string;
  kind: string;
  start: unknown;
  end: unknown;
  failed: boolean;
  attributes: Loose;
  resource: Loose;
  scope: string | null;
}

/**
 * The spans of an OTLP batch (`resourceSpans`, one of its members, or `scopeSpans`), each with its resource and scope; any
 * other record is one span.
 */
export function unpack(record: unknown): unknown[] {
  const batch = objectOf(record);
  const groups = Array.isArray(batch.resourceSpans)
    ? listOf(batch.resourceSpans, SPANS_MOST)
    : Array.isArray(batch.resource_spans)
      ? listOf(batch.resource_spans, SPANS_MOST)
      : [batch];
  const spans: unknown[] = [];
  for (const each of groups) {
    const group = objectOf(each);
    const scopes = group.scopeSpans ?? group.scope_spans ?? group.instrumentationLibrarySpans;
    if (!Array.isArray(scopes)) {
      spans.push(each);
      continue;
    }
    for (const one of listOf(scopes, SPANS_MOST)) {
      const scope = objectOf(one);
      for (const span of listOf(scope.spans, SPANS_MOST)) {
        if (spans.length >= SPANS_MOST) return spans;
        spans.push({ ...objectOf(span), resource: group.resource, scope: scope.scope ?? scope.instrumentationLibrary });
      }
    }
  }
  return spans;
}

/** Attributes as OTLP lists them (`{key, value: {stringValue}}`) or as an object, with dots or nested. */
function attributesOf(value: unknown): Loose {
  if (!Array.isArray(value)) return flat(objectOf(value));
  const read: Loose = {};
  for (const each of listOf(value, ATTRIBUTES_MOST)) {
    const { key, value: typed } = objectOf(each);
    const name = textOf(key, 100);
    const said = objectOf(typed);
    const one = said.stringValue ?? said.intValue ?? said.doubleValue ?? said.boolValue ?? firstOf(said.arrayValue);
    if (name && one !== undefined) read[name] = one;
  }
  return read;
}

const firstOf = (array: unknown): unknown => objectOf(listOf(objectOf(array).values)[0]).stringValue;

function flat(nested: Loose, before = '', into: Loose = {}, depth = 0): Loose {
  for (const [name, value] of Object.entries(nested).slice(0, ATTRIBUTES_MOST)) {
    const key = before + name.slice(0, 100);
    if (typeof value === 'object' && value !== null && !Array.isArray(value) && depth < 4)
      flat(value as Loose, `${key}.`, into, depth + 1);
    else into[key] = Array.isArray(value) ? value[0] : value;
  }
  return into;
}

const FAILED = /^(?:2|ERROR|STATUS_CODE_ERROR|Error|error)$/;

/** null: it is no span, it has neither ids nor attributes. */
export function readSpan(record: unknown): Span | null {
  const span = objectOf(record);
  const context = objectOf(span.context ?? span.spanContext);
  const status = objectOf(span.status);
  const given = objectOf(span.resource);
  const attributes = attributesOf(span.attributes ?? span.Attributes ?? span.tags);
  const idOf = (...names: unknown[]) =>
    names.map((name) => textOf(name, 100)?.replace(/^0x/, '') ?? null).find((name) => name !== null) ?? null;
  const read: Span = {
    trace: idOf(span.traceId, span.trace_id, span.TraceId, context.trace_id, context.traceId),
    id: idOf(span.spanId, span.span_id, span.SpanId, span.id, context.span_id, context.spanId),
    parent: idOf(span.parentSpanId, span.parent_span_id, span.ParentSpanId, span.parent_id),
    name: textOf(span.name ?? span.SpanName, 300) ?? '',
    kind: (wordOf(span.kind ?? span.SpanKind, 40) ?? '').replace(/^(?:SpanKind\.|SPAN_KIND_)/, '').toUpperCase(),
    start:
      span.startTimeUnixNano ??
      span.start_time_unix_nano ??
      span.start_time ??
      span.startTime ??
      span.Timestamp ??
      span.timestamp,
    end: span.endTimeUnixNano ?? span.end_time_unix_nano ?? span.end_time ?? span.endTime,
    failed: FAILED.test(wordOf(status.code ?? status.status_code ?? span.StatusCode ?? span.status_code, 40) ?? ''),
    attributes,
    resource: attributesOf(given.attributes ?? span.ResourceAttributes ?? span.resource_attributes ?? given),
    scope: textOf(objectOf(span.scope).name ?? span.ScopeName, 200),
  };
  return (read.trace && read.id) || Object.keys(attributes).length > 0 ? read : null;
}

export const said = (from: Loose, most: number, ...names: string[]): string | null =>
  names.map((name) => wordOf(from[name], Math.min(most, VALUE_MOST))).find((value) => value !== null && value !== '') ??
  null;
