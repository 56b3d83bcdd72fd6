import fs from 'node:fs';
import path from 'node:path';
import { normaliseSuite } from '@/lib/connectors/normalise-test';
import { teleport } from '@/lib/connectors/teleport/format';

const log = fs.readFileSync(path.join(import.meta.dirname, 'fixtures/events.log'), 'utf8');
const records = log
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line) as object);

normaliseSuite({
  format: teleport,
  fixtures: {
    'a record a line': log,
    'what the web API gives': JSON.stringify({ events: records, startKey: '' }),
    'the event handler’s envelope': records.map((event) => JSON.stringify({ event, type: 'audit' })).join('\n'),
  },
  others: { 'another event log': '{"event":"user.login","code":"200","time":"2024-03-02T09:00:00Z"}\n' },
});
