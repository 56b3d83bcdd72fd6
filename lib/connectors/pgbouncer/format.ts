import { normalise, sniff } from '@/lib/connectors/pgbouncer/normalise';
import type { LogFormat } from '@/lib/sessions/import-model';

export const pgbouncer: LogFormat = {
  name: 'pgbouncer',
  aliases: [],
  title: 'PgBouncer',
  shape: 'lines',
  sniff,
  normalise,
};
