import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';
import { PrismaClient } from '@/lib/db/generated/client';
import { env } from '@/lib/platform/env';
import { BraidError } from '@/lib/platform/errors';
import { log } from '@/lib/platform/log';

/** bigint (int8) arrives as BigInt, so that no amount is ever rounded. Of our pool only: Prisma parses for itself. */
const types: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
    oid === pg.types.builtins.INT8 && format !== 'binary'
      ? BigInt
      : pg.types.getTypeParser(oid, format)) as typeof pg.types.getTypeParser,
};

interface Connections {
  url: string;
  prisma: PrismaClient;
  pool: pg.Pool;
}

// Kept on globalThis because Next loads a module once per bundle, and each copy would open its own pool.
const held = globalThis as typeof globalThis & { __braidDb?: Connections };

function connections(): Connections {
  if (held.__braidDb) return held.__braidDb;
  const url = env().DATABASE_URL;
  if (!url)
    throw new BraidError('start.database', 'No database: DATABASE_URL is not set and no embedded server was started.');
  return connectDatabase(url);
}

/** Points this process at a database. Called by entry points and tests; everything else asks `prisma()` or `pool()`. */
export function connectDatabase(url: string, options: { max?: number } = {}): Connections {
  const pool = new pg.Pool({
    connectionString: url,
    types,
    max: options.max ?? 10,
    application_name: `braid ${process.env.BRAID_PROCESS ?? 'cli'}`,
    // A decision point answers in bounded time; a page would rather wait where every connection is busy for a moment.
    connectionTimeoutMillis: process.env.BRAID_PROCESS === 'pdp' ? 5_000 : 15_000,
    idleTimeoutMillis: 30_000,
  });
  pool.on('error', (error) => log.warn({ error: error.message }, 'idle database connection lost'));
  const prisma = new PrismaClient({
    adapter: new PrismaPg({
      connectionString: url,
      max: options.max ?? 10,
      application_name: `braid ${process.env.BRAID_PROCESS ?? 'cli'}`,
    }),
  });
  held.__braidDb = { url, prisma, pool };
  return held.__braidDb;
}

/** Prisma, for ordinary data. Only stores use it. */
export const prisma = (): PrismaClient => connections().prisma;

/** node-postgres, for set-based and locking statements. Only stores use it. */
export const pool = (): pg.Pool => connections().pool;

export const databaseUrl = (): string => connections().url;

export async function disconnectDatabase(): Promise<void> {
  const open = held.__braidDb;
  held.__braidDb = undefined;
  if (!open) return;
  await Promise.allSettled([open.prisma.$disconnect(), open.pool.end()]);
}
