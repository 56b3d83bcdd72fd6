import {
  bulkRevocation,
  previewBulkRevocation,
  previewRevocation,
  proposeRevocation,
  requestRevocation,
  retryRevocation,
  takeRotatedSecret,
} from '@/app/(console)/revocations/actions';
import type { RevocationActions } from '@/lib/revocations/actions-model';

/** What RevokeButton, PauseButton and TerminateButton take as `actions`, from any page. */
export const actions: RevocationActions = {
  preview: previewRevocation,
  request: requestRevocation,
  retry: retryRevocation,
  takeSecret: takeRotatedSecret,
  bulk: bulkRevocation,
  previewBulk: previewBulkRevocation,
  propose: proposeRevocation,
};
