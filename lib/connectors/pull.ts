import type { FollowConfig } from '@/lib/connectors/contract';
import { type FoundIdentity, issuerOf, type NativeSession, type Tested } from '@/lib/connectors/model';
import type { Opened } from '@/lib/connectors/open';
import { changeConnector, knownExternalIds, writeHealth, writeListing } from '@/lib/connectors/store';
import { hint } from '@/lib/db/hint';
import { transaction } from '@/lib/db/transaction';
import { discover } from '@/lib/identities/discover';
import type { Discovered } from '@/lib/identities/model';
import { clock } from '@/lib/platform/clock';
import { newId } from '@/lib/platform/ids';

/** External id → identity id, as of the last discovery. */
export type Names = Map<string, string>;

const healthOf = (tested: Tested) => {
  const missing = tested.checks.find((check) => !check.ok);
  return missing
    ? { health: 'degraded' as const, detail: `${missing.check}: ${missing.detail}`.slice(0, 500) }
    : { health: 'ok' as const, detail: null };
};

/** Looks at what the connector may do and which identities there are. */
export async function pullIdentities(opened: Opened): Promise<Names> {
  const { row, connection, manifest } = opened;
  const { linkByName } = manifest.config.parse(row.config) as FollowConfig;
  const { health, detail } = healthOf(await connection.test());
  const found = connection.discover ? await connection.discover(await knownExternalIds(row.id)) : [];
  return transaction(async (tx) => {
    const ids = await discover(
      tx,
      found.map((one) => toDiscovered(one, row, linkByName)),
    );
    const names: Names = new Map(found.map((one, i) => [one.externalId, ids[i]!]));
    await writeHealth(tx, row.id, health, detail);
    await changeConnector(tx, row.id, { lastSyncAt: clock.now() });
    await hint(tx, 'connector', [row.id]);
    return names;
  });
}

/** Lists live sessions and brings the stored ones to it. Returns the names it does not know yet; their sessions wait for them. */
export async function pullSessions(opened: Opened, names: Names): Promise<string[]> {
  const { row, connection } = opened;
  if (!connection.listSessions) return [];
  const at = clock.now();
  const listed = await connection.listSessions();
  const unknown = [...new Set(listed.map((session) => session.externalIdentityId).filter((name) => !names.has(name)))];
  const rows = listed
    .filter((session) => names.has(session.externalIdentityId))
    .map((session) => toRow(session, names));
  await transaction(async (tx) => {
    const { opened: began, touched, ended } = await writeListing(tx, row, rows, at);
    if (!began.length && !touched.length && !ended.length) return;
    await changeConnector(tx, row.id, { lastEventAt: at });
    await hint(
      tx,
      'session',
      [...began, ...touched, ...ended].map((one) => one.id),
    );
    const moved = [...new Set([...began, ...ended].map((one) => one.identity_id))];
    if (moved.length) await hint(tx, 'identity', moved);
  });
  return unknown;
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

const toRow = (session: NativeSession, names: Names) => ({
  id: newId(),
  identityId: names.get(session.externalIdentityId)!,
  key: session.key,
  kind: session.kind,
  label: session.label,
  startedAt: session.startedAt,
  lastEventAt: session.lastEventAt,
  idle: session.idle,
  network: session.network ?? null,
  agent: session.agent ?? null,
  credential: session.credential ?? null,
  native: session.native,
});
