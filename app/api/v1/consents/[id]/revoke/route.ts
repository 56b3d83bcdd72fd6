import { z } from 'zod';
import { consentRevokedSchema, revokeConsentSchema } from '@/lib/consents/model';
import { revoke } from '@/lib/consents/revoke';
import { route } from '@/lib/http/route';

export const POST = route({
  name: 'revokeConsent',
  summary: 'Take an app’s consent back where a connected system can, and end the sessions that rest on it',
  permission: 'identity.revoke',
  params: z.strictObject({ id: z.uuid() }),
  body: revokeConsentSchema.omit({ id: true }),
  response: consentRevokedSchema,
  handle: ({ ctx, params, body }) => revoke(ctx, { ...params, ...body }),
});
