import pg from 'pg';
import { type Parameters, runMessage } from '@/lib/exposures/lane/binary';

/** A statement that is run again and again: prepared once on a connection, under its name. */
export interface Statement {
  name: string;
  text: string;
  /** Whether it answers rows. */
  rows?: boolean;
}

interface Connection {
  parse(statement: { name: string; text: string }): void;
  stream: { write(message: Buffer): boolean };
  submittedNamedStatements: Record<string, string>;
}

type Callback = (error: Error | null, result: pg.QueryResult) => void;

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
  }
}

/** Sends a statement with its parameters on a connection that pipelines. Rejects with what the server said. */
export function send<R extends pg.QueryResultRow = pg.QueryResultRow>(
  client: pg.Client,
  statement: Statement,
  fill: (parameters: Parameters) => void,
): Promise<pg.QueryResult<R>> {
  const run = new Run(statement, runMessage(statement.name, statement.rows === true, fill));
  return new Promise((resolve, reject) => {
    const answered: Callback = (error, result) => (error ? reject(error) : resolve(result as pg.QueryResult<R>));
    (client.query as unknown as (query: Run, callback: Callback) => void).call(client, run, answered);
  });
}
