import type { TrustedIssuer } from '@/lib/connectors/contract';
import { issuerOf } from '@/lib/connectors/model';
import { moduleOf } from '@/lib/connectors/registry';
import { allConnectors } from '@/lib/connectors/store';

export interface Trusted extends TrustedIssuer {
  connectorId: string;
  name: string;
  /** Namespaces in which the issuer's names mean identities here. */
  namespaces: string[];
}

/** Identity providers that enabled connectors vouch for. */
export async function trustedIssuers(): Promise<Trusted[]> {
  const rows = (await allConnectors()).filter((row) => row.state === 'enabled');
  return rows.flatMap((row) => {
    const { manifest } = moduleOf(row.vendor);
    const config = manifest.issuer ? manifest.config.safeParse(row.config) : undefined;
    if (!config?.success) return [];
    const told = manifest.issuer!(config.data);
    return [{ ...told, connectorId: row.id, name: row.name, namespaces: [issuerOf(row.id), row.issuer, told.issuer] }];
  });
}
