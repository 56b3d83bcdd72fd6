import fs from 'node:fs';
import path from 'node:path';
import { normaliseSuite } from '@/lib/connectors/normalise-test';
import { ocsf } from '@/lib/connectors/ocsf/format';

const log = fs.readFileSync(path.join(import.meta.dirname, 'fixtures/events.log'), 'utf8');

normaliseSuite({
  format: ocsf,
  fixtures: { 'a record a line': log, 'a list': `[\n${log.trimEnd().split('\n').join(',\n')}\n]` },
  others: { 'another event': '{"class_uid":"x","metadata":{},"activity_id":1}\n' },
});
