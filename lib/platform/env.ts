import fs from 'node:fs';
import path from 'node:path';
import { createEnv } from '@t3-oss/env-core';
import { z } from 'zod';
import { BraidError } from '@/lib/platform/errors';

const port = (fallback: number) => z.coerce.number().int().min(0).max(65535).default(fallback);

const KNOWN = {
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
  BRAID_HOME: z.string().min(1).max(4096).default('.braid'),
  PORT: port(3000),
  BRAID_PDP_PORT: port(4000),
  BRAID_HOST: z.string().min(1).max(255).default('127.0.0.1'),
  BRAID_URL: z.url({ protocol: /^https?$/ }).optional(),
  BRAID_PDP_URL: z.url({ protocol: /^https?$/ }).optional(),
  BRAID_ADMIN_EMAIL: z.email().optional(),
  BRAID_ADMIN_PASSWORD: z.string().min(10, 'needs at least 10 characters').max(256).optional(),
  BRAID_SECRET_KEY: z.string().min(1).max(4096).optional(),
  /** Decision points that share the port. Each is a process; one is fastest where cores are few. */
  BRAID_PDP_PROCESSES: z.coerce.number().int().min(1).max(64).default(1),
  /** Reverse proxies in front of the console, each of which appends to X-Forwarded-For. */
  BRAID_TRUSTED_PROXIES: z.coerce.number().int().min(0).max(8).default(0),
  BRAID_LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info'),
  /** How log lines are written; unset: words at a terminal, of commands and in the demo, else JSON. */
  BRAID_LOG_FORMAT: z.enum(['json', 'words']).optional(),
  /** Set by the supervisor for its children; not for people. */
  BRAID_PROCESS: z.string().max(32).optional(),
};

/** What the guides have a service set, which asks Braid. Whoever has it in the shell can still use the command line. */
const OF_CALLERS = ['BRAID_TOKEN'];

const fail = (message: string): never => {
  throw new BraidError('start.config', message);
};

/** Reads and checks the environment. Throws `start.config` with one clear line; paths come back absolute. */
export function readEnv(source: Record<string, string | undefined> = process.env) {
  const known = new Set(Object.keys(KNOWN));
  const unknown = Object.keys(source).find(
    (name) => name.startsWith('BRAID_') && !known.has(name) && !OF_CALLERS.includes(name),
  );
  if (unknown)
    fail(
      `${unknown} is not a setting Braid knows. Known: ${[...known].filter((k) => k.startsWith('BRAID_')).join(', ')}.`,
    );
  const env = createEnv({
    server: KNOWN,
    runtimeEnv: source,
    emptyStringAsUndefined: true,
    skipValidation: false,
    onValidationError: (issues) => {
      const issue = issues[0];
      return fail(`${String(issue?.path?.[0] ?? 'environment')}: ${issue?.message ?? 'is not valid'}.`);
    },
  });
  const host = env.BRAID_HOST === '0.0.0.0' || env.BRAID_HOST === '::' ? 'localhost' : env.BRAID_HOST;
  return {
    ...env,
    BRAID_HOME: path.resolve(env.BRAID_HOME),
    BRAID_URL: env.BRAID_URL ?? `http://${host}:${env.PORT}`,
    BRAID_PDP_URL: env.BRAID_PDP_URL ?? `http://${host}:${env.BRAID_PDP_PORT}`,
  };
}

export type Env = ReturnType<typeof readEnv>;

let cached: Env | undefined;

/** The process environment, read once. */
export function env(): Env {
  cached ??= readEnv();
  return cached;
}

/** The project's root: where package.json stands, wherever the process has changed directory to. */
export function projectRoot(): string {
  let dir = import.meta.dirname ?? process.cwd();
  while (!fs.existsSync(path.join(dir, 'prisma', 'schema.prisma')) && path.dirname(dir) !== dir)
    dir = path.dirname(dir);
  return fs.existsSync(path.join(dir, 'prisma', 'schema.prisma')) ? dir : process.cwd();
}
