import type pg from 'pg';

interface CopyConnection {
  query(text: string): void;
  sendCopyFromChunk(chunk: Buffer): void;
  endCopyFrom(): void;
  sendCopyFail(why: string): void;
  stream: { writableNeedDrain: boolean; once(event: 'drain', listener: () => void): void };
}

/** COPY … FROM STDIN (text format): `next` gives the following lines, or null at the end. Waits where the server is slower. */
export function copyIn(client: pg.Client, statement: string, next: () => Buffer | null): Promise<void> {
  return new Promise((resolve, reject) => {
    const pump = (connection: CopyConnection): void => {
      try {
        for (let chunk = next(); chunk; chunk = next()) {
          connection.sendCopyFromChunk(chunk);
          if (connection.stream.writableNeedDrain) return void connection.stream.once('drain', () => pump(connection));
        }
        connection.endCopyFrom();
      } catch (error) {
        connection.sendCopyFail((error as Error).message);
      }
    };
    const query = {
      submit: (connection: CopyConnection) => connection.query(statement),
      handleCopyInResponse: pump,
      handleCommandComplete: () => undefined,
      handleReadyForQuery: () => resolve(),
      handleError: (error: Error) => reject(error),
    };
    client.query(query as unknown as pg.Submittable);
  });
}

/** One value in COPY's text format; null is \N. */
export const copyValue = (value: string | null): string =>
  value === null
    ? '\\N'
    : value.replace(/[\\\n\r\t]/g, (found) => ({ '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' })[found]!);
