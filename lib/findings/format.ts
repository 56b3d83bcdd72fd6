import { plural } from '@/lib/exposures/format';

/** `3, 'session'` → `3 sessions`. */
export const counted = (count: number, one: string, many?: string): string => `${count} ${plural(count, one, many)}`;

export const listText = (items: readonly string[], most = 4): string =>
  items.length <= most ? items.join(', ') : `${items.slice(0, most).join(', ')} and ${items.length - most} more`;
