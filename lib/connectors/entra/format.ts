import { normalise, sniff } from '@/lib/connectors/entra/normalise';
import type { LogFormat } from '@/lib/sessions/import-model';

export const entra: LogFormat = {
  name: 'entra',
  aliases: ['azuread', 'microsoft-entra'],
  title: 'Microsoft Entra sign-in and audit',
  shape: 'json',
  lists: ['records', 'value'],
  sniff,
  normalise,
};
