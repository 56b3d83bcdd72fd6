import { normalise, sniff } from '@/lib/connectors/google/normalise';
import type { LogFormat } from '@/lib/sessions/import-model';

export const google: LogFormat = {
  name: 'google',
  aliases: ['gcp', 'google-cloud'],
  title: 'Google Cloud audit',
  shape: 'json',
  lists: ['entries'],
  sniff,
  normalise,
};
