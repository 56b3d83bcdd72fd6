import { z } from 'zod';
import { SINCE } from '@/lib/connectors/blocked-since';
import type { Notes } from '@/lib/connectors/contract';
import { dropNote, dropOldest, findNote, putNote } from '@/lib/connectors/notes/store';
import { clock } from '@/lib/platform/clock';
import { BraidError } from '@/lib/platform/errors';
import { seal, open as unseal } from '@/lib/platform/secrets';

const KEY_MOST = 512;
const VALUE_MOST_BYTES = 64 * 1024;

const writtenSchema = z.object({ target: z.string(), value: z.unknown() });

const purposeOf = (connectorId: string, key: string): string => `connector-note:${connectorId}:${key}`;

function checked(key: string): string {
  if (key.length === 0 || key.length > KEY_MOST)
    throw new BraidError('connector.refused', 'What it concerns has too long a name to be noted: nothing is taken.');
  return key;
}

/**
 * The notebook of one connector, as the contract says. `target`: where the connector points. What was taken at one place is
 * never given back at another.
 */
export function notesOf(connectorId: string, target: string): Notes {
  return {
    async read(key) {
      const sealed = await findNote(connectorId, checked(key));
      if (sealed === null) return null;
      const written = writtenSchema.parse(JSON.parse(unseal(sealed, purposeOf(connectorId, key))));
      return written.target === target ? written.value : null;
    },
    async write(key, value) {
      const plain = JSON.stringify({ target, value });
      if (Buffer.byteLength(JSON.stringify(value) ?? '') > VALUE_MOST_BYTES)
        throw new BraidError('connector.refused', 'What is to be taken is too large to be noted: nothing is taken.');
      const sealedValue = seal(plain, purposeOf(connectorId, checked(key)));
      const put = () => putNote({ connectorId, key, sealedValue, at: clock.now() });
      if ((await put()) || ((await dropOldest(connectorId, SINCE)) && (await put()))) return;
      throw new BraidError(
        'connector.refused',
        'There is no room to note what is to be taken, so nothing is: restore what was taken before, or remove the connector.',
      );
    },
    remove: (key) => dropNote(connectorId, checked(key)),
  };
}
