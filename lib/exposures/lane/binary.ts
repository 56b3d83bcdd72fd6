// One-dimensional arrays in PostgreSQL's binary format. As text, every value of a batch would be quoted here and read there.

const OID = { bool: 16, bytea: 17, bigint: 20, int: 23, text: 25, timestamptz: 1184, uuid: 2950 } as const;
export type ArrayType = keyof typeof OID;

/** timestamptz counts microseconds from 2000-01-01. */
const EPOCH_2000_MS = 946_684_800_000;
const FIXED: Partial<Record<ArrayType, number>> = { bool: 1, bigint: 8, int: 4, timestamptz: 8, uuid: 16 };

type Value = string | number | bigint | boolean | Uint8Array | null;

const WIDEST_CHAR = 3; // bytes of UTF-8 for a UTF-16 unit, at most

/** Most that a value can take. Of text the length is known only when it is written, so that it is gone through once. */
function mostOf(type: ArrayType, values: readonly Value[]): number {
  const fixed = FIXED[type];
  if (fixed !== undefined) return fixed * values.length;
  let most = 0;
  for (const value of values) if (value !== null) most += (value as string | Uint8Array).length;
  return type === 'text' ? most * WIDEST_CHAR : most;
}

const HEX = new Uint8Array(103);
for (let i = 0; i < 16; i++) {
  HEX['0123456789abcdef'.charCodeAt(i)] = i;
  HEX['0123456789ABCDEF'.charCodeAt(i)] = i;
}

export function readUuid(from: Buffer, at: number): string {
  const hex = from.toString('hex', at, at + 16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

export function writeUuid(into: Buffer, at: number, value: string): number {
  let to = at;
  for (let i = 0; i < 36; i += 2) {
    if (i === 8 || i === 13 || i === 18 || i === 23) i += 1;
    into[to++] = (HEX[value.charCodeAt(i)]! << 4) | HEX[value.charCodeAt(i + 1)]!;
  }
  return 16;
}

/** Each writes a value and answers how many bytes it took. */
const WRITE: Record<ArrayType, (into: Buffer, at: number, value: never) => number> = {
  bool: (into, at, value: boolean) => into.writeUInt8(value ? 1 : 0, at) - at,
  bytea: (into, at, value: Uint8Array) => {
    into.set(value, at);
    return value.length;
  },
  bigint: (into, at, value: bigint) => into.writeBigInt64BE(value, at) - at,
  int: (into, at, value: number) => into.writeInt32BE(value, at) - at,
  text: (into, at, value: string) => into.write(value, at, 'utf8'),
  timestamptz: (into, at, value: number) =>
    into.writeBigInt64BE(BigInt(Math.round((value - EPOCH_2000_MS) * 1000)), at) - at,
  uuid: writeUuid,
};

/** `values` as a parameter of type `type[]`; times are milliseconds since the epoch. */
export function binaryArray(type: ArrayType, values: readonly Value[]): Buffer {
  const count = values.length;
  const into = Buffer.allocUnsafe(count === 0 ? 12 : 20 + 4 * count + mostOf(type, values));
  into.writeInt32BE(count === 0 ? 0 : 1, 0);
  into.writeInt32BE(0, 4);
  into.writeInt32BE(OID[type], 8);
  if (count === 0) return into;
  into.writeInt32BE(count, 12);
  into.writeInt32BE(1, 16);
  const write = WRITE[type];
  let at = 20;
  for (let i = 0; i < count; i++) {
    const value = values[i]!;
    if (value === null) {
      into.writeInt32BE(1, 4); // has nulls
      into.writeInt32BE(-1, at);
      at += 4;
      continue;
    }
    const size = write(into, at + 4, value as never);
    into.writeInt32BE(size, at);
    at += 4 + size;
  }
  return at === into.length ? into : into.subarray(0, at);
}
