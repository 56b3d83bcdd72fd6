import fs from 'node:fs';
import path from 'node:path';
import { normaliseSuite } from '@/lib/connectors/normalise-test';
import { otel } from '@/lib/connectors/otel/format';

const read = (name: string) => fs.readFileSync(path.join(import.meta.dirname, 'fixtures', name), 'utf8');
const batch = JSON.parse(read('otlp.json')) as { resourceSpans: object[] };

normaliseSuite({
  format: otel,
  fixtures: {
    'an OTLP batch': read('otlp.json'),
    'a batch a line, as the file exporter writes them': batch.resourceSpans
      .map((each) => JSON.stringify({ resourceSpans: [each] }))
      .join('\n'),
    'a span a line': read('spans.log'),
    'a console exporter’s': read('console.json'),
  },
  others: { 'a log with traces': '{"traceId":"a","message":"x"}\n' },
});
