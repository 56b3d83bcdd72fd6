import { normalise, sniff } from '@/lib/connectors/ocsf/normalise';
import type { LogFormat } from '@/lib/sessions/import-model';

export const ocsf: LogFormat = {
  name: 'ocsf',
  aliases: ['security-lake'],
  title: 'OCSF 1.x',
  shape: 'json',
  sniff,
  normalise,
};
