import { currentMapping } from '@/lib/mappings/read-by';
import { BraidError } from '@/lib/platform/errors';

/** The name a source of one's own is read under; its mapping says which. */
export const GENERIC = 'generic';

/**
 * `name@version` of the mapping a log of a source of one's own is read by, in the version that is current now; null for every
 * other format. Throws `import.unreadable` where one is missing or not known.
 */
export async function keptFormat(format: string | undefined, mapping: string | undefined): Promise<string | null> {
  if (mapping && format && format !== GENERIC)
    throw new BraidError('import.unreadable', 'mapping goes with format=generic: other formats say what they mean.');
  if (mapping) return currentMapping(mapping);
  if (format !== GENERIC) return null;
  throw new BraidError(
    'import.unreadable',
    'format=generic needs mapping=<name>: a mapping says what its records mean.',
  );
}
