import fs from 'node:fs';
import path from 'node:path';
import { microsoft365 } from '@/lib/connectors/microsoft365/format';
import { normaliseSuite } from '@/lib/connectors/normalise-test';

const file = (name: string) => fs.readFileSync(path.join(import.meta.dirname, 'fixtures', name), 'utf8');

normaliseSuite({
  format: microsoft365,
  fixtures: {
    'the Management Activity API': file('activity-api.json'),
    'the audit search, as JSON': file('search-export.ndjson'),
    'the audit search, as CSV': file('purview.csv'),
  },
  others: {
    csv: 'RecordId,CreationDate\n1,2\n',
    entra: '{"category":"SignInLogs","properties":{"createdDateTime":"x"}}',
  },
});
