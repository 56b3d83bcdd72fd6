import fs from 'node:fs';
import path from 'node:path';
import { entra } from '@/lib/connectors/entra/format';
import { normaliseSuite } from '@/lib/connectors/normalise-test';

const file = (name: string) => fs.readFileSync(path.join(import.meta.dirname, 'fixtures', name), 'utf8');
const monitored = file('azure-monitor-audit.ndjson').trimEnd().split('\n');

normaliseSuite({
  format: entra,
  fixtures: {
    'sign-ins, Azure Monitor': file('azure-monitor.ndjson'),
    'sign-ins, Graph': file('graph-sign-ins.json'),
    'both, Log Analytics': file('log-analytics.ndjson'),
    'calls of Graph': file('graph-activity.ndjson'),
    'audit, Graph': file('graph-audits.json'),
    'audit, Azure Monitor to Event Hubs': `{"records":[${monitored.join(',')}]}`,
  },
  others: { 'AKS audit': '{"category":"kube-audit","operationName":"x","properties":{"log":"{}"}}' },
});
