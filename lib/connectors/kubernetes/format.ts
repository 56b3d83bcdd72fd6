import { normalise, sniff } from '@/lib/connectors/kubernetes/normalise';
import type { LogFormat } from '@/lib/sessions/import-model';

export const kubernetes: LogFormat = {
  name: 'kubernetes',
  aliases: ['k8s'],
  title: 'Kubernetes audit',
  shape: 'json',
  lists: ['items', 'records', 'logEvents', 'events'],
  sniff,
  normalise,
};
