import fs from 'node:fs';
import { BraidError } from '@/lib/platform/errors';

/** What `--mapping` says: the text of the file of that name, else the name of one that is kept. Throws `import.unreadable`. */
export function givenMapping(
  format: string,
  given: string | undefined,
): { mapping?: string; mappingText?: string } | undefined {
  const wanted = format === 'generic';
  if (wanted && !given)
    throw new BraidError(
      'import.unreadable',
      'Format generic needs --mapping: the name of a kept mapping, or a file with one.',
    );
  if (!wanted && given) throw new BraidError('import.unreadable', '--mapping goes with format generic.');
  if (!given) return undefined;
  if (!fs.existsSync(given) && /^[a-z][a-z0-9-]{1,39}$/.test(given)) return { mapping: given };
  try {
    return { mappingText: fs.readFileSync(given, 'utf8') };
  } catch (cause) {
    throw new BraidError('import.unreadable', `The mapping ${given} can't be read.`, { cause });
  }
}
