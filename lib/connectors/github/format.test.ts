import fs from 'node:fs';
import path from 'node:path';
import { github } from '@/lib/connectors/github/format';
import { normaliseSuite } from '@/lib/connectors/normalise-test';

const lines = fs
  .readFileSync(path.join(import.meta.dirname, 'fixtures/audit.ndjson'), 'utf8')
  .trimEnd()
  .split('\n');

normaliseSuite({
  format: github,
  fixtures: {
    'a stream': `${lines.slice(0, 12).join('\n')}\n`,
    'the API, an array': `[\n${lines.slice(12).join(',\n')}\n]`,
  },
  others: { webhook: '{"action":"opened","number":1,"pull_request":{"id":1}}' },
});
