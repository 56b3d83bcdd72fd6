import fs from 'node:fs';
import path from 'node:path';
import { keycloak } from '@/lib/connectors/keycloak/format';
import { normaliseSuite } from '@/lib/connectors/normalise-test';

const read = (name: string) => fs.readFileSync(path.join(import.meta.dirname, 'fixtures', name), 'utf8');

normaliseSuite({
  format: keycloak,
  fixtures: {
    'user events': read('events.json'),
    'admin events': read('admin-events.json'),
    'the server’s log': read('keycloak.log'),
    'the server’s log as JSON': read('keycloak-json.log'),
  },
  others: { 'another Java log': '2024-03-02 08:59:58,001 INFO  [io.quarkus] (main) orders 1.0 started in 9.112s.\n' },
});
