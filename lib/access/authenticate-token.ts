import { timingSafeEqual } from 'node:crypto';
import { type Actor, type PointMode, scopeSchema } from '@/lib/access/model';
import { findTokenByHash, touchToken } from '@/lib/access/store';
import { clock } from '@/lib/platform/clock';
import { sha256Hex } from '@/lib/platform/ids';
import { log } from '@/lib/platform/log';

type TokenActor = Extract<Actor, { kind: 'token' }>;

interface Known {
  actor: TokenActor | undefined;
  hash: string;
  expiresAtMs: number;
  readAtMs: number;
  refreshing?: boolean;
}

/** A revocation binds within this time in every process: nothing older is believed. */
const CACHE_MS = 900;
const REFRESH_MS = 500;
const CACHE_MAX = 2_000;
const TOUCH_MS = 60_000;

const cache = new Map<string, Promise<Known>>();
const recent = new Map<string, Known>();
const touched = new Map<string, number>();

const sameHash = (a: string, b: string): boolean => timingSafeEqual(Buffer.from(a, 'hex'), Buffer.from(b, 'hex'));

async function read(hash: string, readAtMs: number): Promise<Known> {
  const row = await findTokenByHash(hash);
  const usable = row && sameHash(row.hash, hash) && row.revokedAt === null;
  return {
    hash,
    readAtMs,
    expiresAtMs: row?.expiresAt?.getTime() ?? Number.POSITIVE_INFINITY,
    actor: usable
      ? {
          kind: 'token',
          id: row.id,
          name: row.name,
          issuer: row.issuer,
          scopes: scopeSchema.array().parse(row.scopes),
          point: {
            mode: row.mode as PointMode,
            staleSecs: row.staleSecs,
            settleAfterSecs: row.settleAfterSecs,
          },
        }
      : undefined,
  };
}

function lookUp(hash: string, nowMs: number): Promise<Known> {
  if (cache.size > CACHE_MAX) {
    cache.clear();
    recent.clear();
  }
  const reading = read(hash, nowMs);
  cache.set(hash, reading);
  reading.then(
    (known) => recent.set(hash, known),
    () => cache.delete(hash),
  );
  return reading;
}

/**
 * The caller behind a token's hash if that was read within the last 0.9 s, at once; undefined: ask `authenticateToken`. What
 * is asked for often is read again in time, so that nobody waits for it.
 */
export function recallToken(hash: string): TokenActor | undefined {
  const known = recent.get(hash);
  if (!known?.actor) return undefined;
  const nowMs = clock.ms();
  const age = nowMs - known.readAtMs;
  if (age > CACHE_MS || age < 0 || known.expiresAtMs <= nowMs) return undefined;
  if (age > REFRESH_MS && !known.refreshing) {
    known.refreshing = true;
    void lookUp(hash, nowMs).catch(() => undefined); // the next to come asks again, and waits for it
  }
  return known.actor;
}

async function touch(id: string, nowMs: number): Promise<void> {
  if (nowMs - (touched.get(id) ?? 0) < TOUCH_MS) return;
  if (touched.size > CACHE_MAX) touched.clear();
  touched.set(id, nowMs);
  await touchToken(id, new Date(nowMs)).catch((error: Error) =>
    log.warn({ error: error.message }, 'token not touched'),
  );
}

/**
 * The caller behind a bearer token, or undefined when it is unknown, revoked or expired. Believes what it read for at most
 * 0.9 s counted from the start of the read, so a revocation binds within a second. Rejects only when the database does.
 */
export async function authenticateToken(bearer: string, hash = sha256Hex(bearer)): Promise<TokenActor | undefined> {
  if (bearer.length > 200 || !bearer.startsWith('brd_')) return undefined;
  const nowMs = clock.ms();
  let known = await (cache.get(hash) ?? lookUp(hash, nowMs));
  if (nowMs - known.readAtMs > CACHE_MS) known = await lookUp(hash, nowMs);
  if (!known.actor || known.expiresAtMs <= nowMs) return undefined;
  void touch(known.actor.id, nowMs);
  return known.actor;
}
