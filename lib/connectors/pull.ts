import type { FollowConfig } from '@/lib/connectors/contract';
import { type FoundIdentity, issuerOf, type Tested } from '@/lib/connectors/model';
import type { Opened } from '@/lib/connectors/open';
import { changeConnector, knownExternalIds, markFresh, stillFollowed, writeHealth } from '@/lib/connectors/store';
import { hint } from '@/lib/db/hint';
import { transaction } from '@/lib/db/transaction';
import { discover } from '@/lib/identities/discover';
import type { Discovered } from '@/lib/identities/model';
import { clock } from '@/lib/platform/clock';
import { observe } from '@/lib/sessions/observe';

const healthOf = (tested: Tested) => {
  const missing = tested.checks.find((check) => !check.ok);
  return missing
    ? { health: 'degraded' as const, detail: `${missing.check}: ${missing.detail}`.slice(0, 500) }
    : { health: 'ok' as const, detail: null };
};

/** Looks at what the connector may do and which identities there are. */
export async function pullIdentities(opened: Opened): Promise<void> {
  const { row, connection, manifest } = opened;
  const { linkByName } = manifest.config.parse(row.config) as FollowConfig;
  const { health, detail } = healthOf(await connection.test());
  const found = connection.discover ? await connection.discover(await knownExternalIds(row.id)) : [];
  await transaction(async (tx) => {
    await discover(
      tx,
      found.map((one) => toDiscovered(one, row, linkByName)),
    );
    await writeHealth(tx, row.id, health, detail);
    await markFresh(tx, row.id);
    await changeConnector(tx, row.id, { lastSyncAt: clock.now() });
    await hint(tx, 'connector', [row.id]);
  });
}

/** Lists live sessions and takes the listing in. Returns the names nobody has discovered yet; their sessions wait for that. */
export async function pullSessions(opened: Opened): Promise<string[]> {
  const { row, connection } = opened;
  if (!connection.listSessions) return [];
  const at = clock.now();
  const sessions = await connection.listSessions();
  return transaction(async (tx) => {
    if (!(await stillFollowed(tx, row.id))) return [];
    const seen = await observe(tx, { connectorId: row.id, source: row.vendor, sessions, at });
    if (seen.opened.length || seen.ended.length) await changeConnector(tx, row.id, { lastEventAt: at });
    return seen.unknown;
  });
}

const toDiscovered = (found: FoundIdentity, row: Opened['row'], linkByName: boolean): Discovered => ({
  issuer: issuerOf(row.id),
  type: '*',
  externalId: found.externalId,
  name: found.name,
  kind: found.kind,
  reason: `named so by ${row.name}`,
  source: row.vendor,
  connectorId: row.id,
  protected: found.protected,
  enabled: found.enabled,
  owner: found.owner,
  purpose: found.purpose,
  concurrencyLimit: found.connectionLimit,
  attributes: found.attributes,
  credentials: found.credentials,
  alsoKnownAs: linkByName
    ? [{ issuer: row.issuer, externalId: found.externalId, reason: `same name in ${row.name}` }]
    : [],
});
