import pg from 'pg';

/**
 * A connection of its own, not yet connected. Lost while nothing is asked, the next question fails; without a listener the
 * loss would end the process, as Node does with errors nobody listens to.
 */
export function loneClient(config: string | pg.ClientConfig): pg.Client {
  const client = new pg.Client(config);
  client.on('error', () => undefined);
  return client;
}
