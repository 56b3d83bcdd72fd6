import { previewRevocation, requestRevocation, retryRevocation } from '@/app/(console)/revocations/actions';
import type { RevocationActions } from '@/lib/revocations/model';

/** What RevokeButton, PauseButton and TerminateButton take as `actions`, from any page. */
export const actions: RevocationActions = {
  preview: previewRevocation,
  request: requestRevocation,
  retry: retryRevocation,
};
