import type { Capabilities, LivesOn } from '@/lib/connectors/model';
import { capabilitiesWith, livesOnWith, moduleOf } from '@/lib/connectors/registry';

/** What a vendor's connector is called and can do, with these settings where given. Throws `input.invalid` for an unknown vendor. */
export function describeConnector(
  vendor: string,
  config?: unknown,
): { title: string; capabilities: Capabilities; livesOn: LivesOn[] } {
  const { manifest } = moduleOf(vendor);
  return {
    title: manifest.title,
    capabilities: capabilitiesWith(manifest, config),
    livesOn: livesOnWith(manifest, config),
  };
}
