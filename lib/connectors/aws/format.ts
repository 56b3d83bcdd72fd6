import { normalise, sniff } from '@/lib/connectors/aws/normalise';
import type { LogFormat } from '@/lib/sessions/import-model';

/** A bucket's or table's notification has CloudTrail's words as well: `aws:s3` is no service of a call. */
const NOTIFICATION = /\\?"eventSource\\?"\s*:\s*\\?"aws:/;

export const aws: LogFormat = {
  name: 'aws',
  aliases: ['cloudtrail'],
  title: 'AWS CloudTrail',
  shape: 'json',
  lists: ['Records', 'Events', 'events', 'records', 'logEvents'],
  sniff: (sample) => sniff(sample) && !NOTIFICATION.test(sample),
  normalise,
};
