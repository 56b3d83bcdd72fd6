import {
  annotateIdentity,
  holdLane,
  linkIdentityAlias,
  noteIdentity,
  unlinkIdentityAlias,
} from '@/app/(console)/identities/actions';
import type { GovernanceActions } from '@/components/identities/governance';

/** What an identity's page takes as `actions`. */
export const actions: GovernanceActions = {
  annotate: annotateIdentity,
  link: linkIdentityAlias,
  unlink: unlinkIdentityAlias,
  note: noteIdentity,
  holdLane,
};
