import { endAndGiveBack, whatIf } from '@/app/(console)/decisions/actions';
import { actions } from '@/app/(console)/revocations/bundle';
import type { PathActions } from '@/components/decisions/path-view';

/** What a path page can do. */
export const pathActions: PathActions = { end: actions, giveBack: { ...actions, request: endAndGiveBack }, whatIf };
