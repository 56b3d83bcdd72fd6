import type { FollowConfig } from '@/lib/connectors/contract';
import { type FoundIdentity, issuerOf, type Tested } from '@/lib/connectors/model';
import type { Opened } from '@/lib/connectors/open';
import { pullChanges } from '@/lib/connectors/pull-changes';
import { raiseWeak } from '@/lib/connectors/raise-weak';
import { capabilitiesWith } from '@/lib/connectors/registry';
import { changeConnector, knownExternalIds, markFresh, stillFollowed, writeHealth } from '@/lib/connectors/store';
import { hint } from '@/lib/db/hint';
import { transaction } from '@/lib/db/transaction';
import { discover } from '@/lib/identities/discover';
import { markGone } from '@/lib/identities/mark-gone';
import type { Discovered } from '@/lib/identities/model';
import { clock } from '@/lib/platform/clock';
import { observe } from '@/lib/sessions/observe';

const healthOf = (tested: Tested) => {
  const missing = tested.checks.find((check) => !check.ok);
  return missing
    ? { health: 'degraded' as const, detail: `${missing.check}: ${missing.detail}`.slice(0, 500) }
    : { health: 'ok' as const, detail: null };
};

/** Looks at what the connector may do and which identities there are: those that changed, where it can tell them. */
export async function pullIdentities(opened: Opened): Promise<void> {
  const { row, connection, manifest } = opened;
  const { linkByName } = manifest.config.parse(row.config) as FollowConfig;
  const tested = await connection.test();
  // A connector that can't say it at the moment says nothing of it: two are then told apart by their addresses.
  const system = (await connection.system?.().catch(() => null)) ?? null;
  const { health, detail } = healthOf(tested);
  const named = (found: FoundIdentity) => toDiscovered(found, opened, linkByName);
  const changed = connection.discoverChanges ? await pullChanges(opened, named) : null;
  const listed = changed ? null : await listIdentities(opened);
  await transaction(async (tx) => {
    if (!(await stillFollowed(tx, row.id))) return;
    if (listed) {
      await discover(tx, listed.there.map(named), { complete: true });
      await markGone(tx, { issuer: issuerOf(row.id), at: clock.now(), externalIds: listed.gone });
    }
    await raiseWeak(tx, opened, tested.checks);
    if ((changed ?? listed)?.emptied) await writeHealth(tx, row.id, 'degraded', EMPTIED);
    else await writeHealth(tx, row.id, health, detail);
    await markFresh(tx, row.id);
    await changeConnector(tx, row.id, { lastSyncAt: clock.now(), system: system?.slice(0, 200) ?? null });
    await hint(tx, 'connector', [row.id]);
  });
}

const EMPTIED =
  'Its listing is empty, though identities were known there: nobody is marked gone until it lists somebody.';

/**
 * Who is there, and who was known and would be told of, but is not: gone there. A listing of nobody at all is more likely a
 * fault than a system that lost everybody: it concludes nothing. null: nothing is listed.
 */
async function listIdentities({ row, connection, manifest }: Opened) {
  if (!connection.discover) return null;
  const native = capabilitiesWith(manifest, row.config).discover === 'native';
  const known = await knownExternalIds(row.id);
  const told = await connection.discover(known);
  const there = told.filter((one) => one.attributes.gone !== true);
  const names = new Set(there.map((one) => one.externalId));
  const lists = (id: string) => connection.lists?.(id) ?? native;
  const gone = known.filter((id) => !names.has(id) && lists(id));
  const emptied = told.length === 0 && gone.length > 0;
  return { there, gone: emptied ? [] : gone, emptied };
}

/** Lists live sessions and takes the listing in. Returns the names nobody has discovered yet; their sessions wait for that. */
export async function pullSessions(opened: Opened): Promise<string[]> {
  const { row, connection } = opened;
  if (!connection.listSessions) return [];
  const at = clock.now();
  const sessions = await connection.listSessions();
  return transaction(async (tx) => {
    if (!(await stillFollowed(tx, row.id))) return [];
    const seen = await observe(tx, {
      connectorId: row.id,
      source: row.vendor,
      sessions,
      at,
      logs: has(opened.manifest.capabilities.events) ? (opened.manifest.logFormats ?? [row.vendor]) : [],
    });
    if (seen.opened.length || seen.ended.length) await changeConnector(tx, row.id, { lastEventAt: at });
    return seen.unknown;
  });
}

/** What its log calls it: pulled events mean it. Without a log of its own, names of another system's may be equal by chance. */
const logNamesOf = (found: FoundIdentity, { row, manifest }: Opened) =>
  found.logNames ?? (has(manifest.capabilities.events) ? [{ issuer: row.vendor, externalId: found.externalId }] : []);

const has = (means: string | undefined): boolean => means !== undefined && means !== 'none';

const toDiscovered = (found: FoundIdentity, opened: Opened, linkByName: boolean): Discovered => ({
  ...describedBy(found, opened.row),
  alsoKnownAs: [
    ...(linkByName
      ? [{ issuer: opened.row.issuer, externalId: found.externalId, reason: `same name in ${opened.row.name}` }]
      : []),
    ...logNamesOf(found, opened).map((name) => ({ ...name, reason: `named so in the log of ${opened.row.name}` })),
  ],
});

const describedBy = (found: FoundIdentity, row: Opened['row']): Discovered => ({
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
  seenOnly: found.seenOnly,
  owner: found.owner,
  purpose: found.purpose,
  concurrencyLimit: found.connectionLimit,
  attributes: found.attributes,
  credentials: found.credentials,
});
