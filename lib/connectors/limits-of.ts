import type { IdentityLimits } from '@/lib/connectors/model';
import { moduleOf } from '@/lib/connectors/registry';

/** What can't be done with the identity of this name at a vendor's system; null: no limits. Throws `input.invalid` for an unknown vendor. */
export const limitsOf = (vendor: string, externalId: string): IdentityLimits | null =>
  moduleOf(vendor).manifest.limitsOf?.(externalId) ?? null;
