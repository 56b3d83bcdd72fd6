import { endAndGiveBack, endManyAndGiveBack, whatIf } from '@/app/(console)/decisions/actions';
import { actions } from '@/app/(console)/revocations/bundle';
import type { PathActions } from '@/components/decisions/path-view';
import type { RevocationActions } from '@/lib/revocations/actions-model';

/** Ends sessions, one or many, and releases what they hold. */
export const giveBack: RevocationActions = { ...actions, request: endAndGiveBack, bulk: endManyAndGiveBack };

/** What a path page can do. */
export const pathActions: PathActions = { end: actions, giveBack, whatIf };
