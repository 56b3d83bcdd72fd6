#!/usr/bin/env node
// The launcher: TypeScript is run as it stands (tsx), so only the console has to be built.
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { register } from 'tsx/esm/api';

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  process.stderr.write(`braid: Node ${process.versions.node} is too old; it needs 20.19 or newer.\n`);
  process.exit(1);
}
const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..');
if (!fs.existsSync(path.join(root, 'lib', 'db', 'generated', 'client.ts'))) {
  process.stderr.write(
    'braid: the database client has not been generated. Run: node prisma/generate.mjs (npm ci does)\n',
  );
  process.exit(1);
}
register({ tsconfig: path.join(root, 'tsconfig.json') });
await import('./cli.ts');
