import type { NoticeFact } from '@/lib/notifications/model';

/** One message on its way. `id` is the receiver's key: the same however often it is sent. */
export interface Parcel {
  id: string;
  /** ISO time at which the message was made. */
  at: string;
  recipient: string | null;
  notices: NoticeFact[];
  test?: boolean;
  /** The console's public address. */
  base: string;
}
