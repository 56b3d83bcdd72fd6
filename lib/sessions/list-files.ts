import { lstat, readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { BraidError } from '@/lib/platform/errors';

export interface SourceFile {
  path: string;
  bytes: number;
  /** Given by name, not found in a folder. */
  named: boolean;
}

const FILES_MOST = 100_000;
/** What stands beside logs in a folder and is none. */
const NO_LOG = /^(?:\.|LICEN[CS]E|README|NOTICE|PROVENANCE)|\.(?:md|txt\.asc|pdf|html|png|sha256)$/i;

/** The files of the given files and folders, in order. Links to folders are not followed. Throws `import.unreadable`. */
export async function listFiles(paths: string[]): Promise<SourceFile[]> {
  const found: SourceFile[] = [];
  for (const given of paths) {
    const at = path.resolve(given);
    const info = await stat(at).catch((cause: NodeJS.ErrnoException) => {
      throw new BraidError('import.unreadable', `${given} can't be read: ${cause.code ?? 'unknown'}.`, { cause });
    });
    if (info.isDirectory()) await walk(at, found);
    else found.push({ path: at, bytes: info.size, named: true });
  }
  if (found.length === 0) throw new BraidError('import.unreadable', `There is no file in ${paths.join(', ')}.`);
  return found;
}

async function walk(folder: string, found: SourceFile[]): Promise<void> {
  for (const entry of (await readdir(folder, { withFileTypes: true })).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const at = path.join(folder, entry.name);
    if (entry.isDirectory()) await walk(at, found);
    else if (entry.isFile() && !NO_LOG.test(entry.name)) {
      if (found.length >= FILES_MOST) {
        throw new BraidError('import.unreadable', `There are more than ${FILES_MOST} files: import them in parts.`);
      }
      found.push({ path: at, bytes: (await lstat(at)).size, named: false });
    }
  }
}
