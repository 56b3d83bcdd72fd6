import { normalise, sniff } from '@/lib/connectors/vault/normalise';
import type { LogFormat } from '@/lib/sessions/import-model';

export const vault: LogFormat = {
  name: 'vault',
  aliases: ['openbao', 'bao'],
  title: 'HashiCorp Vault / OpenBao',
  shape: 'json',
  sniff,
  normalise,
};
