import { normalise, sniff } from '@/lib/connectors/entra/normalise';
import type { LogFormat } from '@/lib/sessions/import-model';

export const entra: LogFormat = {
  name: 'entra',
  aliases: ['azuread', 'microsoft-entra'],
  title: 'Microsoft Entra sign-ins, audit and Graph activity',
  shape: 'json',
  lists: ['records', 'value'],
  sniff,
  normalise,
};
