import { mappedFormat } from '@/lib/connectors/formats';
import { newestOf, versionOf } from '@/lib/mappings/store';
import { BraidError } from '@/lib/platform/errors';
import type { LogFormat } from '@/lib/sessions/import-model';

const missing = (name: string) =>
  new BraidError('import.unreadable', `There is no mapping ${name}. Make it under Settings › Mappings.`);

/** What a batch that comes now under this name is read by, as `name@version`. Throws `import.unreadable`. */
export async function currentMapping(name: string): Promise<string> {
  const newest = await newestOf(name.slice(0, 40));
  if (!newest || newest.retiredAt) throw missing(name.slice(0, 40));
  return `${newest.name}@${newest.version}`;
}

/** The format of one version of a mapping, retired since or not. Throws `import.unreadable`. */
export async function findFormat(named: string): Promise<LogFormat> {
  const [name, version] = named.split('@');
  const row = await versionOf(name!, Number(version));
  if (!row) throw missing(named);
  return mappedFormat(row.text);
}
