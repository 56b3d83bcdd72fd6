import { vendorListSchema } from '@/lib/connectors/rest-model';
import { vendors } from '@/lib/connectors/vendors';
import { route } from '@/lib/http/route';

export const GET = route({
  name: 'listVendors',
  summary: 'What can be connected and what each system can really do',
  permission: 'console.read',
  response: vendorListSchema,
  handle: async ({ ctx }) => ({ items: await vendors(ctx), nextCursor: null }),
});
