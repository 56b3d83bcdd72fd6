import { normalise, sniff } from '@/lib/connectors/aws/normalise';
import type { LogFormat } from '@/lib/sessions/import-model';

export const aws: LogFormat = {
  name: 'aws',
  aliases: ['cloudtrail'],
  title: 'AWS CloudTrail',
  shape: 'json',
  lists: ['Records', 'Events', 'events', 'records', 'logEvents'],
  sniff,
  normalise,
};
