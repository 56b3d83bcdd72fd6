import { createHash, hash, randomBytes } from 'node:crypto';
import { clock } from '@/lib/platform/clock';

let lastMs = 0;
let counter = 0;

const hexToUuid = (hex: string): string =>
  `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;

/** UUIDv7 (RFC 9562): time-ordered, and within one process strictly increasing (12-bit counter in rand_a). */
export function newId(atMs: number = clock.ms()): string {
  if (atMs > lastMs) {
    lastMs = atMs;
    counter = Number.parseInt(randomHex(2), 16);
  } else if (++counter > 0xfff) {
    lastMs += 1;
    counter = 0;
  }
  if (lastMs !== timeMs) {
    timeMs = lastMs;
    const hex = lastMs.toString(16).padStart(12, '0');
    timeText = `${hex.slice(0, 8)}-${hex.slice(8)}-7`;
  }
  const hex = randomHex(16);
  const variant = VARIANT[Number.parseInt(hex[0]!, 16)]!;
  return `${timeText}${counter.toString(16).padStart(3, '0')}-${variant}${hex.slice(1, 4)}-${hex.slice(4)}`;
}

/** The first half of an id, made once a millisecond. */
let timeMs = -1;
let timeText = '';
/** The two top bits are the variant, 10; the two below them are random. */
const VARIANT = '89ab89ab89ab89ab';

const POOL_BYTES = 4_096;
let pool = '';
let used = 0;

/** Random hex digits, never the same twice. The system is asked for many at once. */
function randomHex(digits: number): string {
  if (used + digits > pool.length) {
    pool = randomBytes(POOL_BYTES).toString('hex');
    used = 0;
  }
  used += digits;
  return pool.slice(used - digits, used);
}

/** Milliseconds since the epoch at which a UUIDv7 was made. */
export const idTime = (id: string): number => Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16);

/** The lowest UUIDv7 of a millisecond: everything made from then on is greater. */
export function floorId(ms: number): string {
  const hex = Math.max(Math.trunc(ms), 0).toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`;
}

/** A UUID (v8, RFC 9562) derived from its parts: the same parts always give the same id. */
export function derivedId(...parts: string[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(`${part.length}:`).update(part);
  const bytes = hash.digest().subarray(0, 16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x80;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  return hexToUuid(bytes.toString('hex'));
}

export const NIL_ID = '00000000-0000-0000-0000-000000000000';

/** Random url-safe secret of `bytes` bytes. */
export const newSecret = (bytes = 32): string => randomBytes(bytes).toString('base64url');

export const sha256Hex = (text: string | Buffer): string => hash('sha256', text, 'hex');
