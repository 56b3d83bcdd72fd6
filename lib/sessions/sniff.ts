import { formatOf, formats } from '@/lib/connectors/formats';
import { BraidError } from '@/lib/platform/errors';
import type { LogFormat } from '@/lib/sessions/import-model';
import type { SourceFile } from '@/lib/sessions/list-files';
import { readSample } from '@/lib/sessions/read-source';

const LOOK_AT = 200;
/** How much of a text is looked at, characters. */
export const SAMPLE = 65_536;

/** The format a text looks like, by its beginning; undefined when it looks like none. */
export const formatLike = (sample: string): LogFormat | undefined => formats().find((format) => format.sniff(sample));

/** The format a file looks like, by its first 64 kB; undefined when it looks like none. */
export const sniff = async (file: string): Promise<LogFormat | undefined> =>
  formatLike(await readSample(file).catch(() => ''));

const OWN = 'generic, with a mapping that says what its records mean';

const names = (): string =>
  formats()
    .map((format) => format.name)
    .join(', ');

/** The format of that name, or with `auto` the one the beginning looks like. Throws `import.unreadable`. */
export function formatNamed(name: string, sample: string): LogFormat {
  const format = name === 'auto' ? formatLike(sample) : formatOf(name);
  if (format) return format;
  throw new BraidError(
    'import.unreadable',
    name === 'auto'
      ? `This does not look like any log Braid can read. It reads ${names()}; a source of your own as ${OWN}.`
      : `There is no log format ${name}. There are ${names()}; and for a source of your own ${OWN}.`,
  );
}

/**
 * The format asked for, or with none (`auto`) the one of the first file that looks like any; of no file, any: nothing is read
 * by it. Throws `import.unreadable`.
 */
export async function chooseFormat(name: string | undefined, files: SourceFile[]): Promise<LogFormat> {
  if (name && name !== 'auto') return formatNamed(name, '');
  const [any] = formats();
  if (files.length === 0 && any) return any;
  for (const file of files.slice(0, LOOK_AT)) {
    const format = await sniff(file.path);
    if (format) return format;
  }
  return formatNamed('auto', '');
}
