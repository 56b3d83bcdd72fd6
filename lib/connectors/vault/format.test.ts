import fs from 'node:fs';
import path from 'node:path';
import { normaliseSuite } from '@/lib/connectors/normalise-test';
import { vault } from '@/lib/connectors/vault/format';

const read = (name: string) => fs.readFileSync(path.join(import.meta.dirname, 'fixtures', name), 'utf8');

normaliseSuite({
  format: vault,
  fixtures: { 'an audit device': read('audit.log'), 'an audit device with log_raw': read('raw.log') },
  others: { 'a web log': '{"type":"request","operation":"read","path":"/"}\n' },
});
