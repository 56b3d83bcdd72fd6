import { writeUuid } from '@/lib/exposures/lane/uuid';

// Values in PostgreSQL's binary format, written straight into the message that carries them. As text, every value of a
// batch would be quoted here and read there; as values of their own, copied several times on their way.

const OID = { bool: 16, bytea: 17, bigint: 20, int: 23, text: 25, timestamptz: 1184, uuid: 2950 } as const;
export type ValueType = keyof typeof OID;
export type Value = string | number | bigint | boolean | Uint8Array | null;

/** timestamptz counts microseconds from 2000-01-01. */
const EPOCH_2000_MS = 946_684_800_000;
const SIZE: Record<ValueType, number | null> = {
  bool: 1,
  bigint: 8,
  int: 4,
  timestamptz: 8,
  uuid: 16,
  text: null,
  bytea: null,
};
const WIDEST_CHAR = 3; // bytes of UTF-8 for a UTF-16 unit, at most

/** Each writes a value and answers how many bytes it took. */
const WRITE: Record<ValueType, (into: Buffer, at: number, value: never) => number> = {
  bool: (into, at, value: boolean) => into.writeUInt8(value ? 1 : 0, at) - at,
  bytea: (into, at, value: Uint8Array) => {
    into.set(value, at);
    return value.length;
  },
  bigint: (_, at, value: bigint) => {
    if (BigInt.asIntN(64, value) !== value) throw new RangeError('no 64-bit integer');
    view.setBigInt64(at, value);
    return 8;
  },
  int: (_, at, value: number) => {
    if ((value | 0) !== value) throw new RangeError('no 32-bit integer');
    view.setInt32(at, value);
    return 4;
  },
  text: (into, at, value: string) => into.write(value, at, 'utf8'),
  timestamptz: (_, at, value: number) => {
    const microseconds = Math.round((value - EPOCH_2000_MS) * 1000); // exact up to the year 2255, and for whole days beyond
    view.setInt32(at, Math.floor(microseconds / 2 ** 32));
    view.setUint32(at + 4, microseconds >>> 0);
    return 8;
  },
  uuid: writeUuid,
};

const START_BYTES = 256 * 1024;
const KEEP_BYTES = 4 * 1024 * 1024;

// One message is written at a time, so one buffer does for all; what is sent is a copy of its exact size.
let into: Buffer<ArrayBuffer> = Buffer.allocUnsafeSlow(START_BYTES);
/** The same bytes: what Buffer writes number by number is one instruction here. */
let view = new DataView(into.buffer);
let at = 0;

function use(buffer: Buffer<ArrayBuffer>): void {
  into = buffer;
  view = new DataView(buffer.buffer);
}

function room(bytes: number): void {
  if (at + bytes <= into.length) return;
  const larger = Buffer.allocUnsafeSlow(Math.max(into.length * 2, at + bytes));
  into.copy(larger, 0, 0, at);
  use(larger);
}

const mostOf = (type: ValueType, value: Value): number =>
  SIZE[type] ?? (value as string | Uint8Array).length * (type === 'text' ? WIDEST_CHAR : 1);

/** Parameters of one statement, in the order of their numbers. */
export class Parameters {
  count = 0;

  value(type: ValueType, value: Value): this {
    this.count += 1;
    if (value === null) {
      room(4);
      view.setInt32(at, -1);
      at += 4;
      return this;
    }
    room(4 + mostOf(type, value));
    const size = WRITE[type](into, at + 4, value as never);
    view.setInt32(at, size);
    at += 4 + size;
    return this;
  }

  /** A one-dimensional array of what `pick` takes of each row. Times are milliseconds since the epoch. */
  array<T>(type: ValueType, rows: readonly T[], pick: (row: T) => Value): this {
    this.count += 1;
    const fixed = SIZE[type];
    room(24 + rows.length * (4 + (fixed ?? 0)));
    const start = at;
    view.setInt32(at + 4, rows.length ? 1 : 0);
    view.setInt32(at + 8, 0);
    view.setInt32(at + 12, OID[type]);
    at += 16;
    if (rows.length) {
      view.setInt32(at, rows.length);
      view.setInt32(at + 4, 1);
      at += 8;
      const write = WRITE[type];
      for (const row of rows) {
        const value = pick(row);
        if (value === null) {
          room(4);
          view.setInt32(start + 8, 1); // has nulls
          view.setInt32(at, -1);
          at += 4;
          continue;
        }
        if (fixed === null) room(4 + mostOf(type, value));
        const size = write(into, at + 4, value as never);
        view.setInt32(at, size);
        at += 4 + size;
      }
    }
    view.setInt32(start, at - start - 4);
    return this;
  }
}

const COPY_SIGNATURE = Buffer.from('PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0', 'latin1');

/** Rows of a `COPY … FROM STDIN (FORMAT binary)`, field by field in the order of its columns. */
export class CopyRows {
  row(columns: number): this {
    room(2);
    view.setInt16(at, columns);
    at += 2;
    return this;
  }

  uuid(value: string | null): this {
    if (value === null) return this.nothing();
    room(20);
    view.setInt32(at, 16);
    at += 4 + writeUuid(into, at + 4, value);
    return this;
  }

  text(value: string | null): this {
    if (value === null) return this.nothing();
    room(4 + value.length * WIDEST_CHAR);
    const size = value.length > SHORT ? into.write(value, at + 4, 'utf8') : writeShort(value, at + 4);
    view.setInt32(at, size);
    at += 4 + size;
    return this;
  }

  bigint(value: bigint | null): this {
    if (value === null) return this.nothing();
    room(12);
    view.setInt32(at, 8);
    at += 4 + WRITE.bigint(into, at + 4, value as never);
    return this;
  }

  int(value: number): this {
    room(8);
    view.setInt32(at, 4);
    at += 4 + WRITE.int(into, at + 4, value as never);
    return this;
  }

  bool(value: boolean): this {
    room(5);
    view.setInt32(at, 1);
    into[at + 4] = value ? 1 : 0;
    at += 5;
    return this;
  }

  timestamptz(value: number): this {
    room(12);
    view.setInt32(at, 8);
    at += 4 + WRITE.timestamptz(into, at + 4, value as never);
    return this;
  }

  bytea(value: Uint8Array | null): this {
    if (value === null) return this.nothing();
    room(4 + value.length);
    view.setInt32(at, value.length);
    into.set(value, at + 4);
    at += 4 + value.length;
    return this;
  }

  private nothing(): this {
    room(4);
    view.setInt32(at, -1);
    at += 4;
    return this;
  }
}

/** Up to so many characters are written one by one: to call for it costs more. */
const SHORT = 40;

function writeShort(value: string, start: number): number {
  for (let i = 0; i < value.length; i++) {
    const code = value.charCodeAt(i);
    if (code > 0x7f) return into.write(value, start, 'utf8');
    into[start + i] = code;
  }
  return value.length;
}

const BIND = 0x42;
const COPY_DATA = 0x64;
const COPY_DONE = 0x63;
const DESCRIBE = 0x44;
const EXECUTE = 0x45;
const SYNC = 0x53;

/** Ends what was sent together: the server answers up to here at once, and after an error runs nothing more of it. */
export const SYNC_MESSAGE = Buffer.from([SYNC, 0, 0, 0, 4]);

/** The messages that run a prepared statement once: bind, describe if rows are wanted, execute. */
export function runMessage(statement: string, rows: boolean, fill: (parameters: Parameters) => void): Buffer {
  bind(statement, fill);
  if (rows) {
    into[at] = DESCRIBE;
    into.writeInt32BE(6, at + 1);
    into[at + 5] = 0x50;
    into[at + 6] = 0;
    at += 7;
  }
  execute();
  return taken();
}

/** The messages that run a prepared `COPY … FROM STDIN (FORMAT binary)` and bring its rows, without waiting to be asked for them. */
export function copyMessage(statement: string, fill: (rows: CopyRows) => void): Buffer {
  bind(statement, () => undefined);
  execute();
  room(32);
  into[at] = COPY_DATA;
  const length = at + 1;
  at += 5;
  at += COPY_SIGNATURE.copy(into, at);
  fill(new CopyRows());
  room(16);
  view.setInt16(at, -1);
  at += 2;
  view.setInt32(length, at - length);
  into[at] = COPY_DONE;
  view.setInt32(at + 1, 4);
  at += 5;
  return taken();
}

function bind(statement: string, fill: (parameters: Parameters) => void): void {
  at = 0;
  room(statement.length + 32);
  into[at] = BIND;
  into[at + 5] = 0; // the unnamed portal
  at += 6;
  at += into.write(statement, at, 'latin1');
  into[at++] = 0;
  at = into.writeInt16BE(1, at);
  at = into.writeInt16BE(1, at); // all parameters are binary
  const counted = at;
  at += 2;
  const parameters = new Parameters();
  fill(parameters);
  into.writeInt16BE(parameters.count, counted);
  room(32);
  at = into.writeInt16BE(0, at); // all results are text
  into.writeInt32BE(at - 1, 1);
}

function execute(): void {
  into[at] = EXECUTE;
  into.writeInt32BE(9, at + 1);
  into[at + 5] = 0;
  into.writeInt32BE(0, at + 6);
  at += 10;
}

function taken(): Buffer {
  const message = Buffer.allocUnsafe(at);
  into.copy(message, 0, 0, at);
  if (into.length > KEEP_BYTES) use(Buffer.allocUnsafeSlow(START_BYTES));
  return message;
}
