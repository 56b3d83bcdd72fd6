import { normalise, sniff } from '@/lib/connectors/github/normalise';
import type { LogFormat } from '@/lib/sessions/import-model';

export const github: LogFormat = {
  name: 'github',
  aliases: ['github-audit'],
  title: 'GitHub audit log',
  shape: 'json',
  sniff,
  normalise,
};
