import type { Tx } from '@/lib/db/transaction';
import type { Event } from '@/lib/notifications/model';
import { anybodyListensTo } from '@/lib/notifications/store';

/** Does any channel listen to this event at the moment? What nobody listens to need not be put into words. */
export const listens = (tx: Tx, event: Event): Promise<boolean> => anybodyListensTo(tx, event);
