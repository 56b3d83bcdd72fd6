import { seal } from '@/lib/audit/seal';

/** Committed audit rows → the audit's hash chain. */
export const sealAudit = async (): Promise<void> => {
  await seal();
};
