import fs from 'node:fs';
import path from 'node:path';
import { normaliseSuite } from '@/lib/connectors/normalise-test';
import { postgres } from '@/lib/connectors/postgres/format';

const read = (name: string) => fs.readFileSync(path.join(import.meta.dirname, 'fixtures', name), 'utf8');

normaliseSuite({
  format: postgres,
  fixtures: {
    'text with the default prefix': read('default.log'),
    'text as RDS writes it': read('rds.log'),
    'text with named words': read('named.log'),
    'text with session ids and epoch times': read('session.log'),
    csvlog: read('server.csv'),
    jsonlog: read('server.jsonlog'),
    CloudNativePG: read('cloudnativepg.log'),
    'Cloud SQL': read('cloudsql.json'),
  },
  others: {
    'a web server': '10.0.0.1 - - [22/Nov/2026:13:56:37 +0100] "GET / HTTP/1.1" 200 5 "-" "curl/8"\n',
    'prose about it':
      'Look for a line with LOG:  connection authorized: user=orders in the log.\nFATAL: password authentication failed means no.\n',
    'prose with a time':
      'At 10:00:12 the server wrote the line LOG:  connection authorized: user=orders database=shop\n',
  },
});
