import fs from 'node:fs';
import path from 'node:path';
import { kubernetes } from '@/lib/connectors/kubernetes/format';
import { normaliseSuite } from '@/lib/connectors/normalise-test';

const lines = fs
  .readFileSync(path.join(import.meta.dirname, 'fixtures/audit.ndjson'), 'utf8')
  .trimEnd()
  .split('\n');
const aks = (log: string) => ({ category: 'kube-audit', operationName: 'x', properties: { log, stream: 'stdout' } });

normaliseSuite({
  format: kubernetes,
  fixtures: {
    'an event a line': `${lines.slice(0, 8).join('\n')}\n`,
    EventList: `{"kind":"EventList","apiVersion":"audit.k8s.io/v1","items":[${lines.slice(8, 11).join(',\n')}]}`,
    AKS: JSON.stringify({ records: lines.slice(11, 14).map(aks) }),
    'EKS through CloudWatch Logs': JSON.stringify({
      logEvents: lines.slice(14).map((message, n) => ({ id: `${n}`, message })),
    }),
  },
  others: { object: '{"apiVersion":"v1","kind":"Event","metadata":{}}' },
});
