import type { BulkInput, BulkResult } from '@/lib/revocations/bulk-model';
import type { BlastRadius, PreviewInput, Requested, RequestInput } from '@/lib/revocations/model';
import type { TakenSecret } from '@/lib/revocations/rotated/model';

export interface ActionAnswer<T> {
  data?: T;
  error?: { code: string; message: string };
}

/** The server actions the dialogs are given as props. */
export interface RevocationActions {
  preview: (input: PreviewInput) => Promise<ActionAnswer<BlastRadius>>;
  request: (input: RequestInput) => Promise<ActionAnswer<Requested>>;
  retry: (input: { id: string }) => Promise<ActionAnswer<Requested>>;
  /** Hands over a new secret, once. */
  takeSecret: (input: { id: string; secretId: string }) => Promise<ActionAnswer<TakenSecret>>;
  bulk: (input: BulkInput) => Promise<ActionAnswer<BulkResult>>;
  previewBulk: (input: BulkInput) => Promise<ActionAnswer<BulkResult>>;
  /** Asks a second operator for what reaches further than one may go alone. */
  propose: (input: BulkInput) => Promise<ActionAnswer<{ id: string; warning?: string | null }>>;
}
