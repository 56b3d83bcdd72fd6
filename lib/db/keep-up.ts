import { type Embedded, startEmbedded } from '@/lib/db/embedded';
import { toBraidError } from '@/lib/platform/errors';

const LOOK_MS = 1_000;

/**
 * Starts the server that comes with Braid again whenever it has ended without being told to: whoever waits for it finds it at
 * the address it had. Tries for as long as it takes. Returns how to stop that; what is being started then has started.
 */
export function keepUp(server: Embedded, home: string, say: (line: string) => void): () => Promise<void> {
  let starting: Promise<void> | undefined;
  let said = '';
  const tell = (line: string) => {
    if (line !== said) say(line);
    said = line;
  };
  const look = () => {
    if (starting || server.isUp()) return;
    tell('PostgreSQL ended; starting it again');
    starting = startEmbedded(home)
      .then(() => tell('PostgreSQL is back'))
      .catch((error) => tell(toBraidError(error).publicMessage))
      .finally(() => {
        starting = undefined;
      });
  };
  const timer = setInterval(look, LOOK_MS);
  return async () => {
    clearInterval(timer);
    await starting;
  };
}
