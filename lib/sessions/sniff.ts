import { formatOf, formats } from '@/lib/connectors/formats';
import { BraidError } from '@/lib/platform/errors';
import type { LogFormat } from '@/lib/sessions/import-model';
import type { SourceFile } from '@/lib/sessions/list-files';
import { readSample } from '@/lib/sessions/read-source';

const LOOK_AT = 200;

/** The format a file looks like, by its first 64 kB; undefined when it looks like none. */
export async function sniff(file: string): Promise<LogFormat | undefined> {
  const sample = await readSample(file).catch(() => '');
  return formats().find((format) => format.sniff(sample));
}

/** The format asked for, or with none (`auto`) the one of the first file that looks like any. Throws `import.unreadable`. */
export async function chooseFormat(name: string | undefined, files: SourceFile[]): Promise<LogFormat> {
  const known = formats()
    .flatMap((format) => [format.name, ...format.aliases])
    .join(', ');
  if (name && name !== 'auto') {
    const format = formatOf(name);
    if (!format) throw new BraidError('import.unreadable', `There is no log format ${name}. Known: ${known}.`);
    return format;
  }
  for (const file of files.slice(0, LOOK_AT)) {
    const format = await sniff(file.path);
    if (format) return format;
  }
  throw new BraidError('import.unreadable', `This does not look like any log Braid can read. Known: ${known}.`);
}
