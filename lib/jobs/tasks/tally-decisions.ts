import { systemCtx } from '@/lib/access/model';
import { tally } from '@/lib/decisions/tally';

const TWO_DAYS_MS = 2 * 86_400_000;

/** New decisions into the hours they are counted by. */
export const tallyDecisions = async (): Promise<void> => {
  await tally(systemCtx('tally'));
};

/** The last two days once more: what a decision point kept for a day is in the log by then. */
export const tallyAgain = async (): Promise<void> => {
  await tally(systemCtx('tally'), { backMs: TWO_DAYS_MS });
};
