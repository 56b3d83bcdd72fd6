import fs from 'node:fs';
import path from 'node:path';
import { normaliseSuite } from '@/lib/connectors/normalise-test';
import { pgbouncer } from '@/lib/connectors/pgbouncer/format';

normaliseSuite({
  format: pgbouncer,
  fixtures: { 'client.log': fs.readFileSync(path.join(import.meta.dirname, 'fixtures/client.log'), 'utf8') },
  others: { 'a PostgreSQL log': '2024-03-02 10:00:00.100 CET [501] LOG:  connection authorized: user=x database=y\n' },
});
