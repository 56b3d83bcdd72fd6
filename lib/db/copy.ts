import type { PoolClient } from 'pg';

/** What node-postgres drives: it hands over the server's messages until `ReadyForQuery`. */
interface Connection {
  query(text: string): void;
  sendCopyFromChunk(chunk: Buffer): void;
  endCopyFrom(): void;
  sendCopyFail(message: string): void;
  sync?(): void;
}

/** COPY … FROM STDIN, as one message in the client's queue: rows are made and sent piece by piece, while the server stores what came. */
class CopyIn {
  private settled = false;
  /** What went wrong here, where the server only hears that something did. */
  private own: Error | undefined;
  constructor(
    private readonly text: string,
    private readonly rows: Iterable<string>,
    private readonly resolve: () => void,
    private readonly reject: (error: Error) => void,
  ) {}

  submit(connection: Connection): void {
    connection.query(this.text);
  }
  handleCopyInResponse(connection: Connection): void {
    this.send(connection, this.rows[Symbol.iterator]());
  }
  private send(connection: Connection, rows: Iterator<string>): void {
    if (this.settled) return; // the server refused a row: it reads no more
    let some = '';
    try {
      while (some.length < CHUNK) {
        const { value, done } = rows.next();
        if (done) {
          if (some !== '') connection.sendCopyFromChunk(Buffer.from(some, 'utf8'));
          connection.endCopyFrom();
          return;
        }
        some += value;
      }
    } catch (error) {
      this.own = error instanceof Error ? error : new Error(String(error));
      connection.sendCopyFail('its rows could not be made');
      return;
    }
    connection.sendCopyFromChunk(Buffer.from(some, 'utf8'));
    setImmediate(() => this.send(connection, rows));
  }
  handleError(error: Error): void {
    this.finish(() => this.reject(this.own ?? error));
  }
  handleReadyForQuery(): void {
    this.finish(this.resolve);
  }
  handleRowDescription(): void {}
  handleDataRow(): void {}
  handleCommandComplete(): void {}
  handlePortalSuspended(): void {}
  handleEmptyQuery(): void {}

  private finish(how: () => void): void {
    if (this.settled) return;
    this.settled = true;
    how();
  }
}

const CHUNK = 262_144;

/** Copies rows, each with its line end, into a table: `into` is `table (columns)`. Inside the client's transaction. */
export function copyIn(client: PoolClient, into: string, rows: Iterable<string>): Promise<void> {
  return new Promise((resolve, reject) => {
    const copy = new CopyIn(`copy ${into} from stdin`, rows, resolve, reject);
    client.query(copy as unknown as string);
  });
}

/** What PostgreSQL cannot hold (NUL, half a surrogate pair) or COPY means otherwise. */
const SPECIAL = /[\\\n\r\t\0\ud800-\udfff]/;
const ESCAPES: Record<string, string> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };

const escaped = (text: string): string =>
  SPECIAL.test(text) ? text.replace(/\0|\p{Surrogate}/gu, '').replace(/[\\\n\r\t]/g, (found) => ESCAPES[found]!) : text;

/** One field of a row: null is `\N`. */
export const copyField = (value: string | number | boolean | null): string =>
  value === null ? '\\N' : typeof value === 'string' ? escaped(value) : String(value);

/** An object as a field of type jsonb. */
export function copyJson(value: unknown): string {
  const text = JSON.stringify(value);
  return escaped(/\\u(?:0000|d[89a-f])/i.test(text) ? storable(value) : text);
}

/** JSON without NUL and halves of surrogate pairs, which PostgreSQL's jsonb refuses. */
export const storable = (value: unknown): string =>
  JSON.stringify(value, (_name, each: unknown) =>
    typeof each === 'string' ? each.replace(/\0|\p{Surrogate}/gu, '') : each,
  );
