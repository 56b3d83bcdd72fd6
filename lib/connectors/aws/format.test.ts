import fs from 'node:fs';
import path from 'node:path';
import { aws } from '@/lib/connectors/aws/format';
import { normaliseSuite } from '@/lib/connectors/normalise-test';

const dir = path.join(import.meta.dirname, 'fixtures');
const { Records } = JSON.parse(fs.readFileSync(path.join(dir, 'events.json'), 'utf8')) as { Records: object[] };

normaliseSuite({
  format: aws,
  fixtures: {
    'a trail file': JSON.stringify({ Records }),
    'a record a line': Records.map((record) => JSON.stringify(record)).join('\n'),
    LookupEvents: JSON.stringify({ Events: Records.map((record) => ({ CloudTrailEvent: JSON.stringify(record) })) }),
  },
});
