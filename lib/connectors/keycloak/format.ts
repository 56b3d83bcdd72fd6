import { normalise, sniff } from '@/lib/connectors/keycloak/normalise';
import type { LogFormat } from '@/lib/sessions/import-model';

export const keycloak: LogFormat = {
  name: 'keycloak',
  aliases: ['rhbk', 'red-hat-sso'],
  title: 'Keycloak',
  // The server's log is lines, of text or of JSON; the event store's answers are JSON documents.
  shape: (sample) => (/^\s*\[|^\s*\{\s*"(?:id|time|realmId)"/.test(sample) ? 'json' : 'lines'),
  sniff,
  normalise,
};
