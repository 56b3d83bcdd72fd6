// One-dimensional arrays in PostgreSQL's binary format. As text, every value of a batch would be quoted here and read there.

const OID = { bool: 16, bytea: 17, bigint: 20, int: 23, text: 25, timestamptz: 1184, uuid: 2950 } as const;
export type ArrayType = keyof typeof OID;

/** timestamptz counts microseconds from 2000-01-01. */
const EPOCH_2000_MS = 946_684_800_000;
const FIXED: Partial<Record<ArrayType, number>> = { bool: 1, bigint: 8, int: 4, timestamptz: 8, uuid: 16 };

type Value = string | number | bigint | boolean | Uint8Array | null;

function sizeOf(type: ArrayType, value: Value): number {
  if (value === null) return 0;
  if (type === 'text') return Buffer.byteLength(value as string);
  return FIXED[type] ?? (value as Uint8Array).length;
}

const WRITE: Record<ArrayType, (into: Buffer, at: number, value: never) => void> = {
  bool: (into, at, value: boolean) => void into.writeUInt8(value ? 1 : 0, at),
  bytea: (into, at, value: Uint8Array) => void into.set(value, at),
  bigint: (into, at, value: bigint) => void into.writeBigInt64BE(value, at),
  int: (into, at, value: number) => void into.writeInt32BE(value, at),
  text: (into, at, value: string) => void into.write(value, at, 'utf8'),
  timestamptz: (into, at, value: number) =>
    void into.writeBigInt64BE(BigInt(Math.round((value - EPOCH_2000_MS) * 1000)), at),
  uuid: (into, at, value: string) => void into.write(value.replaceAll('-', ''), at, 'hex'),
};

/** `values` as a parameter of type `type[]`; times are milliseconds since the epoch. */
export function binaryArray(type: ArrayType, values: readonly Value[]): Buffer {
  const sizes = values.map((value) => sizeOf(type, value));
  const into = Buffer.allocUnsafe(values.length === 0 ? 12 : sizes.reduce((sum, size) => sum + 4 + size, 20));
  into.writeInt32BE(values.length === 0 ? 0 : 1, 0);
  into.writeInt32BE(values.includes(null) ? 1 : 0, 4);
  into.writeInt32BE(OID[type], 8);
  if (values.length === 0) return into;
  into.writeInt32BE(values.length, 12);
  into.writeInt32BE(1, 16);
  const write = WRITE[type];
  let at = 20;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    into.writeInt32BE(value === null ? -1 : sizes[i]!, at);
    at += 4;
    if (value === null) continue;
    write(into, at, value as never);
    at += sizes[i]!;
  }
  return into;
}
