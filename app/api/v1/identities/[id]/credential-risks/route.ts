import { route } from '@/lib/http/route';
import { credentialRisksSchema, riskOfSchema } from '@/lib/risks/model';
import { showCredentialRisks } from '@/lib/risks/show-credential-risks';

export const GET = route({
  name: 'showCredentialRisks',
  summary: 'The risk of each credential of an identity, independent of its sessions’',
  permission: 'console.read',
  params: riskOfSchema,
  response: credentialRisksSchema,
  handle: ({ ctx, params }) => showCredentialRisks(ctx, params),
});
