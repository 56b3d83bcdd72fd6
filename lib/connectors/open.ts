import type { Connection, Manifest } from '@/lib/connectors/contract';
import { looksOf } from '@/lib/connectors/looks-of';
import { notesOf } from '@/lib/connectors/notes-of';
import { capabilitiesWith, connectionTo, moduleOf } from '@/lib/connectors/registry';
import { changeConnector, findConnector, readOwn, type Stored } from '@/lib/connectors/store';
import { transaction } from '@/lib/db/transaction';
import { BraidError } from '@/lib/platform/errors';
import { seal, open as unseal } from '@/lib/platform/secrets';

export interface Opened {
  row: Stored;
  manifest: Manifest;
  connection: Connection;
}

let own: ReturnType<typeof readOwn> | undefined;

/** Braid's own server and roles, read once per process and again after a failure. */
export function ownServer(): ReturnType<typeof readOwn> {
  own ??= readOwn().catch((error) => {
    own = undefined;
    throw error;
  });
  return own;
}

export const secretsOf = (row: Pick<Stored, 'id' | 'sealedSecrets'>): unknown =>
  row.sealedSecrets ? JSON.parse(unseal(row.sealedSecrets, `connector:${row.id}`)) : {};

const keep = (id: string, secrets: unknown): Promise<void> =>
  transaction(async (tx) => {
    await changeConnector(tx, id, { sealedSecrets: seal(JSON.stringify(secrets), `connector:${id}`) });
  });

/** A connector's live connection. Throws `not_found`, `connector.unsupported` when it is disabled, `connector.unreachable`, `connector.refused`. */
export async function open(connectorId: string): Promise<Opened> {
  const row = await findConnector(connectorId);
  if (!row) throw new BraidError('not_found', 'This connector no longer exists.');
  if (row.state !== 'enabled') throw new BraidError('connector.unsupported', `The connector ${row.name} is disabled.`);
  const { manifest } = moduleOf(row.vendor);
  const host = {
    connectorId,
    own: await ownServer(),
    notes: notesOf(connectorId, manifest.target(manifest.config.parse(row.config))),
    looks: looksOf(connectorId, row.config),
    keepSecrets: (secrets: unknown) => keep(connectorId, secrets),
  };
  const connection = await connectionTo(row.vendor, row.config, secretsOf(row), host);
  return { row, manifest: { ...manifest, capabilities: capabilitiesWith(manifest, row.config) }, connection };
}
