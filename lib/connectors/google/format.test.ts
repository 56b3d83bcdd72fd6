import fs from 'node:fs';
import path from 'node:path';
import { google } from '@/lib/connectors/google/format';
import { normaliseSuite } from '@/lib/connectors/normalise-test';

const lines = fs
  .readFileSync(path.join(import.meta.dirname, 'fixtures/audit.ndjson'), 'utf8')
  .trimEnd()
  .split('\n');

normaliseSuite({
  format: google,
  fixtures: {
    'a sink to storage': `${lines.slice(0, 8).join('\n')}\n`,
    'gcloud logging read': `[\n${lines.slice(8, 12).join(',\n')}\n]`,
    'entries:list': `{"entries":[${lines.slice(12).join(',')}]}`,
  },
  others: { stdout: '{"logName":"projects/p/logs/stdout","textPayload":"hello"}' },
});
