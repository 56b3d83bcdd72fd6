import {
  annotateIdentity,
  forgetIdentityExpected,
  holdLane,
  linkIdentityAlias,
  mergeIdentity,
  noteIdentity,
  unlinkIdentityAlias,
  unmergeIdentity,
} from '@/app/(console)/identities/actions';
import type { GovernanceActions } from '@/components/identities/governance';

/** What an identity's page takes as `actions`. */
export const actions: GovernanceActions = {
  annotate: annotateIdentity,
  link: linkIdentityAlias,
  merge: mergeIdentity,
  unmerge: unmergeIdentity,
  unlink: unlinkIdentityAlias,
  note: noteIdentity,
  holdLane,
  forgetExpected: forgetIdentityExpected,
};
