import net from 'node:net';
import path from 'node:path';
import { ensureFirstOperator, type FirstOperator } from '@/lib/access/ensure-first-operator';
import { disconnectDatabase } from '@/lib/db/client';
import { keepUp } from '@/lib/db/keep-up';
import { type Env, env, projectRoot } from '@/lib/platform/env';
import { BraidError, toBraidError } from '@/lib/platform/errors';
import { deriveKey } from '@/lib/platform/secrets';
import { buildConsole } from '@/lib/server/build';
import { bundle } from '@/lib/server/bundle';
import { Child, type ChildSpec } from '@/lib/server/children';
import { type OpenDatabase, openDatabase } from '@/lib/server/database';
import { runningOn, sayRunning } from '@/lib/server/running';

export interface StartOptions {
  demo: boolean;
  dev: boolean;
}

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

/** Throws `start.port_in_use` when somebody listens there already. */
function claimable(name: string, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const probe = net.createServer();
    probe.once('error', (cause: NodeJS.ErrnoException) => {
      const why = cause.code === 'EADDRINUSE' ? 'is in use' : `can't be opened (${cause.code})`;
      reject(
        new BraidError('start.port_in_use', `Port ${port} on ${host} ${why}. Stop what uses it, or set ${name}.`, {
          cause,
        }),
      );
    });
    probe.listen(port, host, () => probe.close(() => resolve()));
  });
}

/** One supervisor per BRAID_HOME; what a killed one left is taken over. Returns how to give it back. */
function claimHome({ BRAID_HOME, BRAID_URL, BRAID_PDP_URL }: Env): () => void {
  const other = runningOn(BRAID_HOME);
  if (other) {
    throw new BraidError(
      'start.home',
      `Braid already runs on ${BRAID_HOME} (process ${other.pid}). Stop it, or set BRAID_HOME.`,
    );
  }
  try {
    return sayRunning(BRAID_HOME, { pid: process.pid, consoleUrl: BRAID_URL, pdpUrl: BRAID_PDP_URL });
  } catch (cause) {
    const why = (cause as NodeJS.ErrnoException).code;
    throw new BraidError('start.home', `BRAID_HOME ${BRAID_HOME} can't be written: ${why}. Choose another folder.`, {
      cause,
    });
  }
}

async function childSpecs(database: OpenDatabase, options: StartOptions): Promise<ChildSpec[]> {
  const settings = env();
  const shared = {
    DATABASE_URL: database.url,
    BRAID_HOME: settings.BRAID_HOME,
    BRAID_URL: settings.BRAID_URL,
    BRAID_PDP_URL: settings.BRAID_PDP_URL,
    BRAID_LOG_LEVEL: process.env.BRAID_LOG_LEVEL ?? 'warn',
    // Whoever tries the demo reads along, also through a pipe; a service's lines are collected.
    ...(options.demo || options.dev ? { BRAID_LOG_FORMAT: process.env.BRAID_LOG_FORMAT ?? 'words' } : {}),
    NODE_ENV: options.dev ? 'development' : 'production',
    NEXT_TELEMETRY_DISABLED: '1',
  };
  const root = projectRoot();
  const spec = (name: string): ChildSpec => ({ name, entry: path.join(root, `lib/server/${name}.ts`), env: shared });
  const pdp = spec('pdp');
  const respond = spec('respond');
  const intake = spec('intake');
  // A worker that dies within a revocation is up again in a third of the time when it is one file.
  if (!options.dev) for (const one of [pdp, respond, intake]) one.entry = await bundle(one.entry);
  const fleet = options.demo
    ? [{ ...spec('demo'), env: { ...shared, DEMO_ADMIN_URL: database.embedded?.adminUrl ?? database.url } }]
    : [];
  return [pdp, respond, intake, spec('batch'), spec('console'), ...fleet];
}

/** Starts everything and keeps it running until Ctrl-C. Whatever fails, nothing is left half-started. */
export async function start(options: StartOptions): Promise<void> {
  const settings = env();
  const began = performance.now();
  const unlock = claimHome(settings);
  let opening: Promise<OpenDatabase> | undefined;
  const children: Child[] = [];
  let letDown: (() => Promise<void>) | undefined;
  let stopping: Promise<void> | undefined;
  const stop = (): Promise<void> => {
    stopping ??= (async () => {
      await letDown?.();
      await Promise.all(children.map((child) => child.stop()));
      await disconnectDatabase();
      await (await opening?.catch(() => undefined))?.embedded?.stop(); // also one that is only just starting
      unlock();
    })();
    return stopping;
  };
  const interrupt = () => {
    if (stopping) process.exit(130);
    say('\nStopping…');
    void stop().then(() => process.exit(0));
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  process.on('SIGHUP', interrupt);
  try {
    await claimable('PORT', settings.PORT, settings.BRAID_HOST);
    await claimable('BRAID_PDP_PORT', settings.BRAID_PDP_PORT, settings.BRAID_HOST);
    deriveKey('start'); // makes the secret key now, before several children would
    opening = openDatabase();
    const database = await opening;
    if (database.embedded) letDown = keepUp(database.embedded, settings.BRAID_HOME, say);
    const first = await ensureFirstOperator();
    if (!options.dev) await buildConsole(say);
    if (stopping) return; // interrupted meanwhile: nothing more is started
    const specs = await childSpecs(database, options);
    if (stopping) return;
    for (const spec of specs) children.push(new Child(spec, say));
    await Promise.all(children.map((child) => child.start()));
    banner(first, options.demo, performance.now() - began);
  } catch (error) {
    if (stopping) return;
    await stop();
    const known = toBraidError(error);
    process.stderr.write(
      `braid: ${known.code === 'internal' && error instanceof Error ? error.message : known.publicMessage}\n`,
    );
    process.exit(1);
  }
}

function signInLines(first: FirstOperator, demo: boolean): string[] {
  const { BRAID_ADMIN_EMAIL, BRAID_ADMIN_PASSWORD } = env();
  if (first.setupUrl)
    return [`First operator  ${first.setupUrl}`, '                (this link works once, for 24 hours)'];
  if (demo) return [`Sign in as      ${BRAID_ADMIN_EMAIL}`, `Password        ${BRAID_ADMIN_PASSWORD}`];
  return [`Sign in as      ${first.email ?? BRAID_ADMIN_EMAIL ?? 'an operator you made before'}`];
}

function banner(first: FirstOperator, demo: boolean, tookMs: number): void {
  const { BRAID_URL, BRAID_PDP_URL, BRAID_HOME } = env();
  const lines = [
    `Braid is ready (${(tookMs / 1000).toFixed(1)} s).`,
    '',
    `Console         ${BRAID_URL}`,
    `Decision point  ${BRAID_PDP_URL}`,
    ...signInLines(first, demo),
    `Data            ${path.relative(process.cwd(), BRAID_HOME) || '.'}`,
    '',
    'Ctrl-C stops all of it.',
  ];
  say(`\n${lines.map((line) => (line ? `  ${line}` : '')).join('\n')}\n`);
}
