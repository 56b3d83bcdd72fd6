import { normalise as aws, sniff as sniffAws } from '@/lib/connectors/aws/normalise';
import { normalise as pgbouncer, sniff as sniffPgbouncer } from '@/lib/connectors/pgbouncer/normalise';
import type { LogFormat } from '@/lib/sessions/import-model';

const FORMATS: LogFormat[] = [
  {
    name: 'aws',
    aliases: ['cloudtrail'],
    title: 'AWS CloudTrail',
    shape: 'json',
    sniff: sniffAws,
    normalise: aws,
  },
  {
    name: 'pgbouncer',
    aliases: [],
    title: 'PgBouncer',
    shape: 'lines',
    sniff: sniffPgbouncer,
    normalise: pgbouncer,
  },
];

/** Log formats an import can read. */
export const formats = (): readonly LogFormat[] => FORMATS;

/** The format of that name or alias. */
export const formatOf = (name: string): LogFormat | undefined =>
  FORMATS.find((format) => format.name === name || format.aliases.includes(name));
