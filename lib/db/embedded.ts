import { execFile } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { type Binaries, postgresBinaries, runAs } from '@/lib/db/binaries';
import { loneClient } from '@/lib/db/lone-client';
import { memoryBytes, sharedBuffersMb } from '@/lib/db/shared-buffers';
import { whyNot } from '@/lib/db/why-not';
import { isAlive } from '@/lib/platform/alive';
import { BraidError } from '@/lib/platform/errors';
import { newSecret } from '@/lib/platform/ids';

const run = promisify(execFile);

interface Access {
  port: number;
  adminPassword: string;
  braidPassword: string;
}

export interface Embedded {
  /** Braid's own role, owner of database `braid`, no superuser. */
  url: string;
  /** The cluster's superuser, used only to set up and by the demo. */
  adminUrl: string;
  dataDir: string;
  /** true when a server left by an earlier run was found and is used on. */
  adopted: boolean;
  /** Whether its process lives. */
  isUp: () => boolean;
  stop: () => Promise<void>;
}

/** How long a server that runs may take to let Braid in: a busy machine, or one that recovers. */
const ANSWER_MS = 30_000;

const broken = (message: string, cause?: unknown) => new BraidError('start.database', message, { cause });

const urlOf = (user: string, password: string, port: number, database: string) =>
  `postgresql://${user}:${password}@127.0.0.1:${port}/${database}`;

async function freePort(wanted: number): Promise<number> {
  const attempt = (port: number) =>
    new Promise<number>((resolve, reject) => {
      const server = net.createServer();
      server.once('error', reject);
      server.listen(port, '127.0.0.1', () => {
        const { port: got } = server.address() as net.AddressInfo;
        server.close(() => resolve(got));
      });
    });
  return attempt(wanted).catch(() => attempt(0));
}

function readAccess(file: string): Access | undefined {
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8')) as Access;
  } catch {
    return undefined;
  }
}

/** pid and port of a server that is running on this data folder, if there is one. */
function running(dataDir: string): { pid: number; port: number } | undefined {
  try {
    const lines = fs.readFileSync(path.join(dataDir, 'postmaster.pid'), 'utf8').split('\n');
    const pid = Number(lines[0]);
    return isAlive(pid, dataDir) ? { pid, port: Number(lines[3]) } : undefined;
  } catch {
    return undefined;
  }
}

/** initdb into a folder beside, renamed when complete: a killed first start leaves nothing half-made. */
async function initialise(binaries: Binaries, dataDir: string, access: Access): Promise<void> {
  if (fs.existsSync(dataDir) && fs.readdirSync(dataDir).length > 0) {
    throw broken(
      `The data folder ${dataDir} is damaged: it is not empty and has no PG_VERSION. Restore it, or move it away to start anew.`,
    );
  }
  const fresh = `${dataDir}.new`;
  const passwordFile = `${dataDir}.password`;
  fs.rmSync(fresh, { recursive: true, force: true });
  fs.rmSync(passwordFile, { force: true });
  fs.mkdirSync(fresh, { mode: 0o700 });
  fs.writeFileSync(passwordFile, `${access.adminPassword}\n`, { mode: 0o600 });
  runAs.own(binaries, fresh, passwordFile);
  const flags = [
    '--encoding=UTF8',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--no-locale',
    '--auth=scram-sha-256',
  ];
  try {
    await run(
      binaries.initdb,
      ['-D', fresh, '-U', 'postgres', `--pwfile=${passwordFile}`, ...flags],
      runAs.options(binaries),
    );
  } catch (cause) {
    fs.rmSync(fresh, { recursive: true, force: true });
    throw broken(
      `PostgreSQL could not create its data folder ${dataDir}: ${lastLine(String((cause as { stderr?: string }).stderr))}`,
      cause,
    );
  } finally {
    fs.rmSync(passwordFile, { force: true });
  }
  fs.rmSync(dataDir, { recursive: true, force: true });
  fs.renameSync(fresh, dataDir);
}

const lastLine = (text: string): string => text.trim().split('\n').at(-1) ?? '';

/** The server's own last complaint since `offset` bytes of its log. */
function complaint(logFile: string, offset: number): string {
  try {
    const lines = fs.readFileSync(logFile).subarray(offset).toString('utf8').split('\n');
    return (
      lines
        .filter((line) => /\b(FATAL|PANIC|ERROR)\b/.test(line))
        .at(-1)
        ?.replace(/^.*?\b(FATAL|PANIC|ERROR):\s*/, '') ?? ''
    );
  } catch {
    return '';
  }
}

async function launch(binaries: Binaries, dataDir: string, port: number): Promise<void> {
  const logFile = path.join(path.dirname(dataDir), 'postgres.log');
  const size = fs.existsSync(logFile) ? fs.statSync(logFile).size : 0;
  if (!fs.existsSync(logFile)) fs.writeFileSync(logFile, '', { mode: 0o600 });
  runAs.own(binaries, logFile);
  const settings = [
    ['listen_addresses', '127.0.0.1'],
    ['unix_socket_directories', ''],
    ['max_connections', '300'],
    ['shared_buffers', `${sharedBuffersMb(memoryBytes())}MB`],
    ['max_wal_size', '2GB'],
    ['log_min_messages', 'warning'],
  ].map(([key, value]) => `-c ${key}='${value}'`);
  try {
    // pg_ctl puts the server into a process group of its own: Ctrl-C in the terminal reaches only the supervisor.
    await run(
      binaries.pgCtl,
      ['-D', dataDir, '-l', logFile, '-w', '-t', '60', '-o', `-p ${port} ${settings.join(' ')}`, 'start'],
      runAs.options(binaries),
    );
  } catch (cause) {
    const said = complaint(logFile, size);
    throw broken(
      `PostgreSQL did not start on ${dataDir}: ${said || 'see its log'} (log: ${logFile}). Nothing was changed.`,
      cause,
    );
  }
}

async function ensureDatabase(adminUrl: string, access: Access): Promise<void> {
  const admin = loneClient({ connectionString: adminUrl, connectionTimeoutMillis: ANSWER_MS });
  await admin.connect();
  try {
    const role = await admin.query(`select 1 from pg_roles where rolname = 'braid'`);
    const verb = role.rowCount ? 'alter' : 'create';
    await admin.query(
      `${verb} role braid login nosuperuser nocreaterole nocreatedb password ${pg.escapeLiteral(access.braidPassword)}`,
    );
    const database = await admin.query(`select 1 from pg_database where datname = 'braid'`);
    if (!database.rowCount) await admin.query('create database braid owner braid');
    await admin.query('revoke connect on database braid from public');
    await admin.query('grant connect on database braid to braid');
  } finally {
    await admin.end();
  }
}

/**
 * Starts the PostgreSQL that comes inside npm on `<home>/postgres`, or adopts the one already running there.
 * Errors: `start.database`, `start.home`, each one line that says what to do.
 */
export async function startEmbedded(home: string, wantedPort = 0): Promise<Embedded> {
  const binaries = await postgresBinaries();
  const base = runAs.dataHome(binaries, home);
  const dataDir = path.join(base, 'postgres');
  const accessFile = path.join(base, 'postgres.json');
  try {
    fs.mkdirSync(base, { recursive: true });
    fs.accessSync(base, fs.constants.W_OK);
  } catch (cause) {
    throw new BraidError(
      'start.home',
      `BRAID_HOME ${base} can't be written. Choose another folder or fix its permissions.`,
      { cause },
    );
  }
  const initialised = fs.existsSync(path.join(dataDir, 'PG_VERSION'));
  const access = readAccess(accessFile) ?? {
    port: wantedPort,
    adminPassword: newSecret(18),
    braidPassword: newSecret(18),
  };
  if (initialised && !fs.existsSync(accessFile)) {
    throw broken(
      `${accessFile} is missing: without it the database in ${dataDir} can't be opened. Restore the file, or move both away to start anew.`,
    );
  }
  const write = () => fs.writeFileSync(accessFile, JSON.stringify(access), { mode: 0o600 });
  if (!initialised) {
    write();
    await initialise(binaries, dataDir, access);
  }
  const alive = running(dataDir);
  access.port = alive?.port ?? (await freePort(access.port || wantedPort));
  write();
  if (!alive) await launch(binaries, dataDir, access.port);
  const adminUrl = urlOf('postgres', access.adminPassword, access.port, 'postgres');
  await ensureDatabase(adminUrl, access).catch((cause) => {
    throw broken(`PostgreSQL runs on ${dataDir}, but Braid can't use it: ${whyNot(cause, ANSWER_MS)}.`, cause);
  });
  return {
    url: urlOf('braid', access.braidPassword, access.port, 'braid'),
    adminUrl,
    dataDir,
    adopted: Boolean(alive),
    isUp: () => running(dataDir) !== undefined,
    stop: async () => {
      await run(binaries.pgCtl, ['-D', dataDir, '-m', 'fast', '-w', '-t', '30', 'stop'], runAs.options(binaries)).catch(
        () => undefined,
      );
    },
  };
}
