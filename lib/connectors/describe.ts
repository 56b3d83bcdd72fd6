import type { Capabilities } from '@/lib/connectors/model';
import { moduleOf } from '@/lib/connectors/registry';

/** What a vendor's connector is called and can do. Throws `input.invalid` for an unknown vendor. */
export function describeConnector(vendor: string): { title: string; capabilities: Capabilities } {
  const { title, capabilities } = moduleOf(vendor).manifest;
  return { title, capabilities };
}
