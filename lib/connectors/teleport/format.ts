import { normalise, sniff } from '@/lib/connectors/teleport/normalise';
import type { LogFormat } from '@/lib/sessions/import-model';

export const teleport: LogFormat = {
  name: 'teleport',
  aliases: [],
  title: 'Teleport',
  shape: 'json',
  lists: ['events', 'items', 'Records'],
  // The event handler's envelope for Fluentd, and what `tctl` and the web API give.
  sniff,
  normalise,
};
