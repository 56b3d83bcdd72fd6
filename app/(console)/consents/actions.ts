'use server';

import { revokeConsentSchema } from '@/lib/consents/model';
import { revoke } from '@/lib/consents/revoke';
import { operatorAction } from '@/lib/http/action';

export const revokeConsent = operatorAction('identity.revoke', revokeConsentSchema, ({ ctx, input }) =>
  revoke(ctx, input),
);
