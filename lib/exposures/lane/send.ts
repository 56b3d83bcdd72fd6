import pg from 'pg';
import { type CopyRows, copyMessage, type Parameters, runMessage, SYNC_MESSAGE } from '@/lib/exposures/lane/binary';

/** A statement that is run again and again: prepared once on a connection, under its name. */
export interface Statement {
  name: string;
  text: string;
  /** Whether it answers rows. */
  rows?: boolean;
}

interface Connection {
  parse(statement: { name: string; text: string }): void;
  stream: { write(message: Buffer): boolean; cork(): void; uncork(): void };
  parsedStatements: Record<string, string>;
  submittedNamedStatements: Record<string, string>;
}

/** What node-postgres fills while a result arrives. */
interface Filling extends pg.QueryResult {
  addFields(fields: unknown[]): void;
  parseRow(fields: unknown[]): pg.QueryResultRow;
  addRow(row: pg.QueryResultRow): void;
  addCommandComplete(message: unknown): void;
}

type Answered = (error: Error | null, result: pg.QueryResult) => void;
type Submit = (query: pg.Query, answered: Answered) => void;

/** A query of node-postgres whose parameters are written by us. */
class Run extends pg.Query {
  constructor(
    private readonly statement: Statement,
    private readonly message: Buffer,
  ) {
    super({ name: statement.name, text: statement.text });
  }

  /** Called by node-postgres, in the place of its own. */
  prepare(connection: Connection): void {
    const { name, text } = this.statement;
    if (!(this as unknown as { hasBeenParsed(on: Connection): boolean }).hasBeenParsed(connection)) {
      connection.parse({ name, text });
      connection.submittedNamedStatements[name] = text;
    }
    connection.stream.write(this.message);
    connection.stream.write(SYNC_MESSAGE);
  }

  /** Rows to be copied are on their way with the statement. */
  handleCopyInResponse(): void {}
}

interface Part {
  message: Buffer;
  answered: Answered;
}

/**
 * Prepared statements run one after the other with one sync behind the last: one answer of the server, and one of its
 * wake-ups, for all of them. After an error those behind it do not run, and fail with it.
 */
class Together extends pg.Query {
  private readonly results: Filling[];
  private at = 0;
  /** A row that could not be read. */
  private failed: Error | null = null;

  constructor(
    private readonly parts: Part[],
    types: unknown,
  ) {
    super({ text: '' });
    const Result = (this as unknown as { _result: Filling })._result.constructor as new (
      mode: undefined,
      types: unknown,
    ) => Filling;
    this.results = parts.map(() => new Result(undefined, types));
  }

  // What follows is called by node-postgres, in the place of its own.

  override submit = (connection: pg.Connection): void => {
    const { stream } = connection as unknown as Connection;
    for (const { message } of this.parts) stream.write(message);
    stream.write(SYNC_MESSAGE);
  };

  /** Rows to be copied are on their way with the statement. */
  handleCopyInResponse(): void {}

  handleRowDescription(message: { fields: unknown[] }): void {
    this.results[this.at]!.addFields(message.fields);
  }

  handleDataRow(message: { fields: unknown[] }): void {
    const result = this.results[this.at]!;
    try {
      result.addRow(result.parseRow(message.fields));
    } catch (error) {
      this.failed ??= error as Error;
    }
  }

  handleCommandComplete(message: unknown): void {
    this.results[this.at]!.addCommandComplete(message);
    this.at += 1;
  }

  handleReadyForQuery(): void {
    for (const [at, part] of this.parts.entries()) part.answered(this.failed, this.results[at]!);
  }

  handleError(error: Error): void {
    for (const [at, part] of this.parts.entries()) part.answered(at < this.at ? this.failed : error, this.results[at]!);
  }
}

/** A connection on which statements can be sent together. */
export class PackingClient extends pg.Client {
  private parts: Part[] | null = null;
  private unwritten = false;

  /** Everything `send` sends leaves as one packet, and of prepared statements those that follow each other run `Together`. */
  pack<T>(send: () => T): T {
    const { stream } = wireOf(this);
    stream.cork();
    this.parts = [];
    this.unwritten = false;
    try {
      return send();
    } finally {
      this.flush();
      this.parts = null;
      stream.uncork();
    }
  }

  /** Puts a statement behind those sent just before it. False where it has to go by itself. */
  join(name: string, message: Buffer, answered: Answered): boolean {
    if (!this.parts || !wireOf(this).parsedStatements[name]) return false;
    this.parts.push({ message, answered });
    return true;
  }

  /** A statement whose parameters can't be written is missing from what is sent. */
  miss(): void {
    this.unwritten = true;
  }

  /** Ends the transaction of this pack. What one of its statements is missing from is not committed: the others would be. */
  finish(): Promise<pg.QueryResult> {
    return this.query(this.unwritten ? 'rollback' : 'commit');
  }

  /** What has collected goes before anything else does. */
  private flush(): void {
    if (!this.parts?.length) return;
    const { parts } = this;
    this.parts = [];
    const types = (this as unknown as { _types: unknown })._types;
    (super.query as unknown as Submit).call(this, new Together(parts, types), () => undefined);
  }

  override query = ((...args: unknown[]) => {
    this.flush();
    return (super.query as (...all: unknown[]) => unknown).apply(this, args);
  }) as pg.Client['query'];
}

const wireOf = (client: pg.Client): Connection => (client as unknown as { connection: Connection }).connection;

/** Sends a statement with its parameters on a connection that pipelines. Rejects with what the server said. */
export const send = <R extends pg.QueryResultRow = pg.QueryResultRow>(
  client: pg.Client,
  statement: Statement,
  fill: (parameters: Parameters) => void = () => undefined,
): Promise<pg.QueryResult<R>> =>
  sendMessage(client, statement, () => runMessage(statement.name, statement.rows === true, fill));

/** Sends a `COPY … FROM STDIN (FORMAT binary)` with its rows, as `send` does. */
export const sendCopy = (
  client: pg.Client,
  statement: Statement,
  fill: (rows: CopyRows) => void,
): Promise<pg.QueryResult> => sendMessage(client, statement, () => copyMessage(statement.name, fill));

function sendMessage<R extends pg.QueryResultRow>(
  client: pg.Client,
  statement: Statement,
  messageOf: () => Buffer,
): Promise<pg.QueryResult<R>> {
  return new Promise((resolve, reject) => {
    // Here, so that a value that can't be written is a rejection like any other, and leaves none behind that nobody awaits.
    const message = writtenFor(client, messageOf);
    const answered: Answered = (error, result) => (error ? reject(error) : resolve(result as pg.QueryResult<R>));
    if (client instanceof PackingClient && client.join(statement.name, message, answered)) return;
    (client.query as unknown as Submit).call(client, new Run(statement, message), answered);
  });
}

function writtenFor(client: pg.Client, messageOf: () => Buffer): Buffer {
  try {
    return messageOf();
  } catch (error) {
    if (client instanceof PackingClient) client.miss();
    throw error;
  }
}
