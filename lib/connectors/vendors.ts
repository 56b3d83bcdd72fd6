import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import type { VendorCard } from '@/lib/connectors/model';
import { modules } from '@/lib/connectors/registry';

/** What can be connected and what each can really do. */
export async function vendors(ctx: Ctx): Promise<VendorCard[]> {
  authorise(ctx, 'console.read');
  return modules().map(({ manifest: { vendor, title, family, summary, capabilities, form } }) => ({
    vendor,
    title,
    family,
    summary,
    capabilities,
    form,
  }));
}
