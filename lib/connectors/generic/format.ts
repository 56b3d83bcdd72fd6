import { type Mapping, parseMapping } from '@/lib/connectors/generic/mapping-model';
import { normaliseBy } from '@/lib/connectors/generic/normalise';
import { LISTS, type LogFormat } from '@/lib/sessions/import-model';

/** The log format a mapping defines. Its files are not recognised: they are read as what is asked for. */
export const mapped = (mapping: Mapping): LogFormat => ({
  name: mapping.name,
  aliases: [],
  title: mapping.title ?? mapping.name,
  shape: 'json',
  ...(mapping.records ? { lists: [mapping.records, ...LISTS] } : {}),
  sniff: () => false,
  normalise: (record) => normaliseBy(mapping, record),
});

/** The same from the mapping's text, YAML or JSON. Throws `import.unreadable` with what is wrong with it. */
export const mappedFormat = (source: string): LogFormat => mapped(parseMapping(source));
