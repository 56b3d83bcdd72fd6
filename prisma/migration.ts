// Makes a migration: diff(the schema of the last migration → prisma/schema.prisma), with PARTITION BY added where the model
// is marked. `npx tsx prisma/migration.ts <name>`; `--first` rewrites the first one (until something has shipped).
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { startEmbedded } from '@/lib/db/embedded';
import { ENGINE_FILTERS, schemaEngine } from './schema-engine';

const root = import.meta.dirname;
const dir = path.join(root, 'migrations');
const schema = fs.readFileSync(path.join(root, 'schema.prisma'), 'utf8');

const partitioned = [...schema.matchAll(/\/\/\/ @partition day\nmodel \w+ \{[\s\S]*?@@map\("(\w+)"\)/g)].map(
  (match) => match[1]!,
);

const partition = (sql: string): string =>
  partitioned.reduce(
    (text, table) =>
      text.replace(new RegExp(`(CREATE TABLE "${table}" \\([\\s\\S]*?\\n\\));`), '$1 PARTITION BY RANGE ("day");'),
    sql,
  );

const first = process.argv.includes('--first');
const name = process.argv[2] ?? 'change';
const existing = fs.existsSync(dir)
  ? fs
      .readdirSync(dir)
      .filter((entry) => /^\d/.test(entry))
      .sort()
  : [];
const previous = existing.at(-1);
const before = first || !previous ? undefined : fs.readFileSync(path.join(dir, previous, 'schema.prisma'), 'utf8');

const source = (content: string) => ({
  tag: 'schemaDatamodel',
  files: [{ path: 'schema.prisma', content }],
  configDir: '',
});
// The engine wants a server to speak to, though a diff of two schemas reads nothing from it.
const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'braid-migration-'));
fs.chmodSync(scratch, 0o755);
const server = await startEmbedded(scratch);
const engine = await schemaEngine(server.url, schema);
const { stdout } = await engine.diff({
  from: before === undefined ? { tag: 'empty' } : source(before),
  to: source(schema),
  script: true,
  shadowDatabaseUrl: null,
  exitCode: null,
  filters: ENGINE_FILTERS,
});
const stamp = new Date().toISOString().replace(/\D/g, '').slice(0, 14);
const target = path.join(dir, before === undefined ? '20261122000000_init' : `${stamp}_${name}`);
const extra = before === undefined ? `\n${fs.readFileSync(path.join(root, 'extra.sql'), 'utf8')}` : '';
fs.mkdirSync(target, { recursive: true });
fs.writeFileSync(path.join(target, 'migration.sql'), partition(stdout) + extra);
fs.writeFileSync(path.join(target, 'schema.prisma'), schema);
fs.writeFileSync(path.join(dir, 'migration_lock.toml'), 'provider = "postgresql"\n');
await server.stop();
fs.rmSync(scratch, { recursive: true, force: true });
process.stdout.write(`${target}\n`);
process.exit(0);
