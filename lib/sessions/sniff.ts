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
    .flatMap((format) => [format.name, ...format.aliases])
    .join(', ');

/** The format of that name, or with `auto` the one the beginning looks like. Throws `import.unreadable`. */
export function formatNamed(name: string, sample: string): LogFormat {
  const format = name === 'auto' ? formatLike(sample) : formatOf(name);
  if (format) return format;
  throw new BraidError(
    'import.unreadable',
    name === 'auto'
      ? `This does not look like any log Braid can read. Known: ${names()}. For a source of your own: ${OWN}.`
      : `There is no log format ${name}. Known: ${names()}; and for a source of your own ${OWN}.`,
  );
}

const emptyOnes = (files: SourceFile[]): string =>
  files.length === 1 ? `${files[0]!.path} is` : `All ${files.length} files are`;

/** The format asked for, or with none (`auto`) the one of the first file that looks like any. Throws `import.unreadable`. */
export async function chooseFormat(name: string | undefined, files: SourceFile[]): Promise<LogFormat> {
  if (name && name !== 'auto') return formatNamed(name, '');
  if (files.length > 0 && files.every((file) => file.bytes === 0))
    throw new BraidError('import.unreadable', `${emptyOnes(files)} empty: there is nothing to read.`);
  for (const file of files.slice(0, LOOK_AT)) {
    const format = await sniff(file.path);
    if (format) return format;
  }
  return formatNamed('auto', '');
}
