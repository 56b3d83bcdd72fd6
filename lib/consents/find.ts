import type { GivenConsent } from '@/lib/connectors/contract';
import { findConsent } from '@/lib/consents/store';

/** A consent as a connector is asked for it. null: there is none any more. */
export async function find(id: string): Promise<GivenConsent | null> {
  const consent = await findConsent(id);
  return consent && { app: consent.app, grantor: consent.grantor, scopes: consent.scopes };
}
