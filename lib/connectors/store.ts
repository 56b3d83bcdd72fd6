import type { ConnectorHealth, ConnectorRow } from '@/lib/connectors/model';
import { issuerOf } from '@/lib/connectors/model';
import { pool, prisma } from '@/lib/db/client';
import type { Connector, Prisma } from '@/lib/db/generated/client';
import type { Tx } from '@/lib/db/transaction';
import { clock } from '@/lib/platform/clock';
import { log } from '@/lib/platform/log';

export type Stored = Connector;

export const findConnector = (id: string): Promise<Stored | null> => prisma().connector.findUnique({ where: { id } });
export const lockConnector = async (tx: Tx, id: string): Promise<Stored | null> => {
  await tx.$queryRaw`select 1 from connectors where id = ${id}::uuid for update`;
  return tx.connector.findUnique({ where: { id } });
};
export const nameTaken = async (tx: Tx, name: string, exceptId?: string): Promise<boolean> => {
  const found = await tx.connector.findUnique({ where: { name }, select: { id: true } });
  return Boolean(found && found.id !== exceptId);
};
export const insertConnector = (tx: Tx, data: Prisma.ConnectorCreateInput) => tx.connector.create({ data });
export const changeConnector = (tx: Tx, id: string, data: Prisma.ConnectorUpdateInput) =>
  tx.connector.update({ where: { id }, data });
export const askedToLook = (tx: Tx, id: string, at: Date) =>
  tx.connector.updateMany({ where: { id }, data: { cursor: { syncRequestedAt: at.toISOString() } } });
export const deleteConnector = (tx: Tx, id: string) => tx.connector.delete({ where: { id } });

export const enabledConnectors = () =>
  prisma().connector.findMany({ where: { state: 'enabled' }, select: { id: true, vendor: true, name: true } });

export const allConnectors = () => prisma().connector.findMany({ orderBy: { name: 'asc' } });

export type Counts = Pick<ConnectorRow, 'liveSessions' | 'sessionCount' | 'identityCount' | 'protectedCount'>;

/** What each connector has shown so far. */
export async function countsOf(ids: string[]): Promise<Map<string, Counts>> {
  const sessions = await pool().query<{ id: string; live: number; total: number }>(
    `select id, sum(live)::int as live, sum(total)::int as total from (
       select connector_id as id, count(*) filter (where ended_at is null and (live_until is null or live_until > $2)) as live, count(*) as total
         from sessions where connector_id = any($1) group by 1
       union all
       select told_by[1], count(*) filter (where ended_at is null and (live_until is null or live_until > $2)), count(*)
         from sessions where told_by[1] = any($1) and cardinality(told_by) = 1 and connector_id is null group by 1
     ) s group by 1`,
    [ids, clock.now()],
  );
  const identities = await pool().query<{ issuer: string; total: number; protected: number }>(
    `select a.issuer, count(distinct i.id)::int as total, (count(distinct i.id) filter (where i.protected))::int as protected
       from identity_aliases a join identities i on i.id = a.identity_id where a.issuer = any($1) group by 1`,
    [ids.map(issuerOf)],
  );
  return new Map(
    ids.map((id) => {
      const session = sessions.rows.find((row) => row.id === id);
      const identity = identities.rows.find((row) => row.issuer === issuerOf(id));
      return [
        id,
        {
          liveSessions: session?.live ?? 0,
          sessionCount: session?.total ?? 0,
          identityCount: identity?.total ?? 0,
          protectedCount: identity?.protected ?? 0,
        },
      ];
    }),
  );
}

/** External ids of the identities this connector has named before. */
export async function knownExternalIds(connectorId: string): Promise<string[]> {
  const rows = await prisma().identityAlias.findMany({
    where: { issuer: issuerOf(connectorId) },
    select: { externalId: true },
  });
  return [...new Set(rows.map((row) => row.externalId))];
}

/** External ids of those this connector has named and that are there, as far as is known; not of those only seen in use. */
export async function presentExternalIds(tx: Tx, connectorId: string): Promise<string[]> {
  const issuer = issuerOf(connectorId);
  const rows = await tx.$queryRaw<{ external_id: string }[]>`
    select distinct a.external_id from identity_aliases a join identities i on i.id = a.identity_id
     where a.issuer = ${issuer} and i.attributes->'systems'->${issuer}->>'gone' is null
       and i.attributes->'systems'->${issuer}->>'seenOnly' is null`;
  return rows.map((row) => row.external_id);
}

/** Whom these names of a namespace mean. */
export async function identitiesNamed(tx: Tx, issuer: string, names: string[]): Promise<Map<string, string>> {
  const rows = await tx.identityAlias.findMany({
    where: { issuer, externalId: { in: [...new Set(names)] } },
    select: { externalId: true, identityId: true },
  });
  return new Map(rows.map((row) => [row.externalId, row.identityId]));
}

/** Writes health only where it changed. Returns whether it did. */
export async function writeHealth(
  tx: Tx,
  id: string,
  health: ConnectorHealth,
  detail: string | null,
): Promise<boolean> {
  const changed = await tx.$executeRaw`update connectors set health = ${health}, health_detail = ${detail}
    where id = ${id}::uuid and (health, coalesce(health_detail, '')) is distinct from (${health}, ${detail ?? ''})`;
  return changed > 0;
}

/** The PostgreSQL Braid itself lives in and the roles it uses there. Its identifier is null where the server does not tell. */
export async function readOwn(): Promise<{ systemIdentifier: string | null; roles: string[] }> {
  const { rows } = await pool().query<{ roles: string[] }>(
    `select array(select distinct name from unnest(array[current_user::text, session_user::text,
       (select pg_get_userbyid(datdba)::text from pg_database where datname = current_database())]) name) as roles`,
  );
  const system = await pool()
    .query<{ id: string }>('select system_identifier::text as id from pg_control_system()')
    .then((found) => found.rows[0]!.id)
    .catch((error) => {
      log.warn(
        { err: error },
        'this server does not tell its identifier: roles named as Braid’s own are protected everywhere',
      );
      return null;
    });
  return { systemIdentifier: system, roles: rows[0]!.roles };
}

/**
 * Who follows which connector: session locks on one connection of its own, so that they end with the process. `lost` is
 * called once when that connection breaks: whoever held a lock must stop at once.
 */
export async function followerLocks(lost: () => void) {
  const client = await pool().connect();
  let open = true;
  const close = (error?: Error) => {
    if (!open) return;
    open = false;
    client.release(error ?? true);
    lost();
  };
  client.on('error', close);
  return {
    take: async (connectorId: string): Promise<boolean> => {
      if (!open) return false;
      const { rows } = await client.query<{ got: boolean }>(
        `select pg_try_advisory_lock(hashtextextended('braid.follow:' || $1, 0)) as got`,
        [connectorId],
      );
      return rows[0]!.got;
    },
    release: async (connectorId: string): Promise<void> => {
      if (!open) return;
      await client.query(`select pg_advisory_unlock(hashtextextended('braid.follow:' || $1, 0))`, [connectorId]);
    },
    close: () => close(),
  };
}

/** Marks a source's live sessions as stale: it can't be asked any more. */
export const markStale = (tx: Tx, connectorId: string) =>
  tx.session.updateMany({ where: { connectorId, endedAt: null, stale: false }, data: { stale: true } });

/** How long a session that nobody can list any more is still shown, and counted, as live: seconds. */
const UNWATCHED_SECS = 3_600;

/** Nobody looks at these sessions any more: stale at once, and over after an hour unless somebody looks again. */
export const markUnwatched = (tx: Tx, connectorId: string, now: Date): Promise<{ id: string; identity_id: string }[]> =>
  tx.$queryRaw`
    update sessions set stale = true, live_until = ${now}::timestamptz + make_interval(secs => ${UNWATCHED_SECS})
     where connector_id = ${connectorId}::uuid and observed_by = 'native' and ended_at is null
    returning id::text, identity_id::text`;

/** Somebody looks again: what is listed lives, however long nobody looked. */
export const markWatched = (tx: Tx, connectorId: string) =>
  tx.session.updateMany({
    where: { connectorId, observedBy: 'native', liveUntil: { not: null } },
    data: { liveUntil: null },
  });

/** Ends what nobody will ever look at again; that is all that is known of it, and the reason says so. */
export const endUnwatched = (
  tx: Tx,
  connector: { id: string; name: string },
  now: Date,
): Promise<{ id: string; identity_id: string }[]> =>
  tx.$queryRaw`
    update sessions set state = 'ended', ended_at = greatest(${now}::timestamptz, last_event_at, started_at), ended_by = 'system',
           end_reason = ${`connector ${connector.name} removed: whether it lives on is not known`}
     where connector_id = ${connector.id}::uuid and observed_by = 'native' and ended_at is null
    returning id::text, identity_id::text`;

/** Is it still to be followed? Holds off a removal or disabling until the transaction has ended. */
export async function stillFollowed(tx: Tx, id: string): Promise<boolean> {
  const rows = await tx.$queryRaw<
    unknown[]
  >`select 1 from connectors where id = ${id}::uuid and state = 'enabled' for share`;
  return rows.length > 0;
}

/** The source answers again. */
export const markFresh = (tx: Tx, connectorId: string) =>
  tx.session.updateMany({ where: { connectorId, endedAt: null, stale: true }, data: { stale: false } });
