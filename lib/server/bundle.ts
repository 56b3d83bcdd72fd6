import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';
import { projectRoot } from '@/lib/platform/env';

const TARGET = `node${process.versions.node.split('.')[0]}`;

/**
 * Compiles an entry point and everything of ours it imports into one file, and answers its path. Run through tsx, every
 * function made on the decision path is given its name again, which costs a tenth of a decision. Packages stay outside.
 * The file is named by its content, so two versions started from one folder don't disturb each other, and stands where a
 * build of the console leaves it alone.
 */
export async function bundle(entry: string, root = projectRoot()): Promise<string> {
  const name = path.basename(entry, '.ts');
  const dir = path.join(root, '.next', 'cache', 'braid');
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: [entry],
    outfile: path.join(dir, `${name}.mjs`),
    write: false,
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    target: TARGET,
    sourcemap: 'linked',
    sourcesContent: false,
    tsconfig: path.join(root, 'tsconfig.json'),
    logLevel: 'silent',
  });
  const map = outputFiles.find((file) => file.path.endsWith('.map'))!;
  const text = Buffer.from(outputFiles.find((file) => file !== map)!.contents).toString('utf8');
  const file = `${name}-${createHash('sha256').update(text).update(map.contents).digest('hex').slice(0, 16)}.mjs`;
  fs.mkdirSync(dir, { recursive: true });
  place(path.join(dir, `${file}.map`), Buffer.from(map.contents));
  place(path.join(dir, file), text.replace(`${name}.mjs.map`, `${file}.map`));
  return path.join(dir, file);
}

/** Whole or not at all: another start may be reading it. */
function place(file: string, content: string | Buffer): void {
  if (fs.existsSync(file)) return;
  fs.writeFileSync(`${file}.${process.pid}`, content);
  fs.renameSync(`${file}.${process.pid}`, file);
}

/**
 * MB. A decision leaves some 60 kB of garbage behind. With room for a thousand of them, what is collected has long ended
 * and nothing has to be moved: a third less processor time a decision, for up to 400 MB of memory under full load. So it is
 * with events as they are taken in.
 */
const ROOM_FOR_SHORT_LIVES = ['--min-semi-space-size=128', '--max-semi-space-size=128'];

const roomFor = (file: string): string[] => (/^(?:pdp|intake)-/.test(path.basename(file)) ? ROOM_FOR_SHORT_LIVES : []);

/** Arguments with which Node runs an entry point: compiled, or as it stands. */
export const nodeArguments = (file: string): string[] =>
  file.endsWith('.mjs') ? ['--enable-source-maps', ...roomFor(file), file] : ['--import', 'tsx', file];
