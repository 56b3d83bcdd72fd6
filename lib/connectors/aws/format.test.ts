import fs from 'node:fs';
import path from 'node:path';
import { aws } from '@/lib/connectors/aws/format';
import { normaliseSuite } from '@/lib/connectors/normalise-test';

const file = (name: string) => fs.readFileSync(path.join(import.meta.dirname, 'fixtures', name), 'utf8');
const lines = file('credentials.ndjson').trimEnd().split('\n');
const wrapped = (from: number, to: number, name: string) =>
  lines.slice(from, to).map((line, n) => ({ EventId: `${n}`, [name]: name === 'detail' ? JSON.parse(line) : line }));

normaliseSuite({
  format: aws,
  fixtures: {
    'a trail file': file('events.json'),
    'a record a line': lines.slice(0, 8).join('\n'),
    LookupEvents: JSON.stringify({ Events: wrapped(8, 12, 'CloudTrailEvent') }),
    'CloudWatch Logs': JSON.stringify({ logEvents: wrapped(12, 15, 'message') }),
    EventBridge: wrapped(15, 40, 'detail')
      .map((record) => JSON.stringify(record))
      .join('\n'),
  },
});
