import { normalise, sniff } from '@/lib/connectors/okta/normalise';
import type { LogFormat } from '@/lib/sessions/import-model';

export const okta: LogFormat = {
  name: 'okta',
  aliases: ['okta-system-log'],
  title: 'Okta System Log',
  shape: 'json',
  sniff,
  normalise,
};
