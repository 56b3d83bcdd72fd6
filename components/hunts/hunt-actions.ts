import type { ActionError } from '@/lib/http/model';
import type { HuntInput } from '@/lib/hunts/model';

type Answer = Promise<{ data?: { id: string }; error?: ActionError }>;

/** What the hunt page can do. */
export interface HuntActions {
  start: (input: HuntInput) => Answer;
  stop: (input: { id: string }) => Answer;
}
