import type { Prisma } from '@/lib/db/generated/client';
import type { Tx } from '@/lib/db/transaction';
import type { Discovered } from '@/lib/identities/model';
import type { Found, KnownName, UnlinkedName } from '@/lib/identities/resolve-state';

// What discovery writes, set-based: a connector names thousands at once, every few seconds.

/** What gives or takes names of one namespace goes one after the other, so that a name is never given twice. */
export async function lockNamespaces(tx: Tx, issuers: string[]): Promise<void> {
  for (const issuer of [...new Set(issuers)].sort())
    await tx.$queryRaw`select 1 from (select pg_advisory_xact_lock(hashtextextended(${`braid.discover:${issuer}`}, 0))) l`;
}

export async function namesOf(tx: Tx, found: Discovered[]): Promise<KnownName[]> {
  const asked = found.flatMap((one) => [one, ...(one.alsoKnownAs ?? [])]);
  return tx.$queryRaw<KnownName[]>`
    select a.issuer, a.type, a.external_id as "externalId", a.identity_id::text as "identityId", i.managed, i.state
      from (select distinct * from unnest(${asked.map((one) => one.issuer)}::text[], ${asked.map((one) => one.externalId)}::text[])
            as q(issuer, external_id)) q
      join identity_aliases a on a.issuer = q.issuer and a.external_id = q.external_id
      join identities i on i.id = a.identity_id`;
}

/** Which of the names they also go by were taken from whom. */
export async function unlinkedOf(tx: Tx, found: Discovered[]): Promise<UnlinkedName[]> {
  const asked = found.flatMap((one) => one.alsoKnownAs ?? []);
  if (asked.length === 0) return [];
  return tx.$queryRaw<UnlinkedName[]>`
    select u.issuer, u.external_id as "externalId", u.identity_id::text as "identityId"
      from (select distinct * from unnest(${asked.map((one) => one.issuer)}::text[], ${asked.map((one) => one.externalId)}::text[])
            as q(issuer, external_id)) q
      join unlinked_names u on u.issuer = q.issuer and u.external_id = q.external_id`;
}

const json = (rows: unknown[]): string => JSON.stringify(rows);

const rowOf = ({ id, discovered: d }: Found) => ({
  id,
  name: d.name.slice(0, 512),
  external_id: d.externalId.slice(0, 2048),
  kind: d.kind,
  protected: d.protected ?? null,
  environment: d.environment ?? null,
  owner: d.owner ?? null,
  owner_source: d.owner ? (d.ownerSource ?? 'connector') : null,
  purpose: d.purpose ?? null,
  concurrency_limit: d.concurrencyLimit ?? null,
  source: d.source ?? null,
  // Per system, because one identity may be protected in one and not in the other.
  system: d.protected === undefined && d.enabled === undefined ? null : d.issuer,
  standing: { protected: d.protected ?? false, enabled: d.enabled ?? true, ...(d.seenOnly ? { seenOnly: true } : {}) },
  attributes: d.attributes ?? {},
});

export async function insertIdentities(tx: Tx, fresh: Found[]): Promise<void> {
  if (fresh.length === 0) return;
  await tx.$executeRaw`
    insert into identities (id, name, external_id, kind, environment)
    select id, name, external_id, kind, environment
      from jsonb_to_recordset(${json(fresh.map(rowOf))}::jsonb) as q(id uuid, name text, external_id text, kind text, environment text)
     order by id`;
}

/** Brings each up to date where it differs. Returns the ids of those that did. */
export async function updateIdentities(tx: Tx, found: Found[]): Promise<string[]> {
  // Of several names of one identity the last says; all of their sources and systems are kept by the calls in turn.
  const turns: Found[][] = [];
  const seen = new Map<string, number>();
  for (const one of found) {
    const turn = seen.get(one.id) ?? 0;
    seen.set(one.id, turn + 1);
    const held = turns[turn];
    if (held) held.push(one);
    else turns[turn] = [one];
  }
  const changed: string[] = [];
  for (const turn of turns) changed.push(...(await updateEach(tx, turn)));
  return [...new Set(changed)];
}

async function updateEach(tx: Tx, found: Found[]): Promise<string[]> {
  const rows = await tx.$queryRaw<{ id: string }[]>`
    with q as (
      select * from jsonb_to_recordset(${json(found.map(rowOf))}::jsonb) as q(id uuid, kind text, environment text, owner text,
        owner_source text, purpose text, concurrency_limit int, source text, system text, standing jsonb, attributes jsonb)
    ), wanted as (
      select i.id, true as managed,
        case when i.kind = 'service_account' or (not i.managed and q.kind <> 'service_account') then q.kind else i.kind end as kind,
        case when q.source is null or q.source = any(i.sources) then i.sources else i.sources || q.source end as sources,
        coalesce(i.environment, q.environment) as environment,
        coalesce(i.purpose, q.purpose) as purpose,
        coalesce(i.concurrency_limit, q.concurrency_limit) as concurrency_limit,
        case when q.owner is not null and (i.owner is null or i.owner_source = q.owner_source) then q.owner else i.owner end as owner,
        case when q.owner is not null and i.owner is null then q.owner_source else i.owner_source end as owner_source,
        i.attributes || q.attributes || case when q.system is null then '{}'::jsonb else jsonb_build_object('systems',
          coalesce(i.attributes->'systems', '{}'::jsonb) || jsonb_build_object(q.system, q.standing)) end as attributes
      from q join identities i on i.id = q.id order by i.id for update of i
    ), judged as (
      select w.*, case when w.attributes ? 'systems'
        then exists (select 1 from jsonb_each(w.attributes->'systems') s where (s.value->>'protected')::boolean) else null end as protected
      from wanted w
    )
    update identities i set managed = w.managed, kind = w.kind, sources = w.sources, environment = w.environment, purpose = w.purpose,
      concurrency_limit = w.concurrency_limit, owner = w.owner, owner_source = w.owner_source, attributes = w.attributes,
      protected = coalesce(w.protected, i.protected)
    from judged w where i.id = w.id and
      (i.managed, i.kind, i.sources, i.environment, i.purpose, i.concurrency_limit, i.owner, i.owner_source, i.attributes, i.protected)
      is distinct from (w.managed, w.kind, w.sources, w.environment, w.purpose, w.concurrency_limit, w.owner, w.owner_source, w.attributes,
        coalesce(w.protected, i.protected))
    returning i.id::text`;
  return rows.map((row) => row.id);
}

export async function insertAliases(tx: Tx, found: Found[]): Promise<void> {
  const rows = found.flatMap(({ id, discovered: d }) => [
    { issuer: d.issuer, type: d.type, external_id: d.externalId, identity_id: id, reason: d.reason },
    ...(d.alsoKnownAs ?? []).map((other) => ({
      issuer: other.issuer,
      type: '*',
      external_id: other.externalId,
      identity_id: id,
      reason: other.reason,
    })),
  ]);
  await tx.$executeRaw`
    insert into identity_aliases (issuer, type, external_id, identity_id, reason)
    select issuer, type, external_id, identity_id, left(reason, 1000)
      from jsonb_to_recordset(${json(rows)}::jsonb) as q(issuer text, type text, external_id text, identity_id uuid, reason text)
     order by issuer, type, external_id
    on conflict do nothing`;
}

/**
 * The names of an unmanaged identity mean the managed one from now on. What it did before stays with it: decisions are
 * sealed as they were made.
 */
export async function adoptAliases(tx: Tx, found: Found[]): Promise<void> {
  const wanted = found.flatMap((one) => one.adopts.map((from) => ({ from, into: one.id })));
  if (wanted.length === 0) return;
  // Paused or revoked since it was read: it keeps its names. Locked, so that neither happens in between.
  const active = await tx.$queryRaw<{ id: string }[]>`
    select id::text from identities where id = any(${wanted.map((move) => move.from)}::uuid[]) and state = 'active' order by id for update`;
  const moves = wanted.filter((move) => active.some((one) => one.id === move.from));
  if (moves.length === 0) return;
  await tx.$executeRaw`
    update identity_aliases a set identity_id = q."into"
      from jsonb_to_recordset(${json(moves)}::jsonb) as q("from" uuid, "into" uuid) where a.identity_id = q."from"`;
  await tx.$executeRaw`
    update identities i set attributes = i.attributes || jsonb_build_object('continuedAs', q."into")
      from jsonb_to_recordset(${json(moves)}::jsonb) as q("from" uuid, "into" uuid) where i.id = q."from"`;
}

/** Locks and reads what an analyst may change. */
export async function lockIdentity(tx: Tx, id: string) {
  await tx.$queryRaw`select 1 from identities where id = ${id}::uuid for update`;
  return tx.identity.findUnique({ where: { id } });
}

export const changeIdentity = (tx: Tx, id: string, data: Prisma.IdentityUpdateInput) =>
  tx.identity.update({ where: { id }, data });

type Name = { issuer: string; type: string; externalId: string };

/** Who a name means: the bearer of this type, and the one of any type. Locks their rows and `alsoId`'s, in one order. */
export async function lockBearers(tx: Tx, name: Name, alsoId: string) {
  const types = [...new Set([name.type, '*'])];
  const where = { issuer: name.issuer, externalId: name.externalId, type: { in: types } };
  const held = await tx.identityAlias.findMany({ where, select: { type: true, identityId: true } });
  const ids = [...new Set([...held.map((alias) => alias.identityId), alsoId])];
  await tx.$queryRaw`select 1 from identities where id = any(${ids}::uuid[]) order by id for update`;
  const identities = await tx.identity.findMany({ where: { id: { in: ids } } });
  const byId = new Map(identities.map((identity) => [identity.id, identity]));
  const bearer = (type: string) => byId.get(held.find((alias) => alias.type === type)?.identityId ?? '');
  return { identity: byId.get(alsoId), bearer: bearer(name.type), anyType: bearer('*') };
}

export async function putAlias(tx: Tx, name: Name, identityId: string, reason: string): Promise<void> {
  await tx.identityAlias.upsert({
    where: { issuer_type_externalId: name },
    create: { ...name, identityId, reason },
    update: { identityId, reason },
  });
  await tx.unlinkedName.deleteMany({ where: { issuer: name.issuer, externalId: name.externalId, identityId } });
}

/** Takes a name away and remembers it, so that a discovery of equal names does not bring it back. */
export async function takeAlias(tx: Tx, name: Name, identityId: string): Promise<void> {
  await tx.identityAlias.delete({ where: { issuer_type_externalId: name } });
  await tx.unlinkedName.createMany({
    data: [{ issuer: name.issuer, externalId: name.externalId, identityId }],
    skipDuplicates: true,
  });
}

export const insertNote = (
  tx: Tx,
  data: { id: string; targetId: string; body: string; authorId: string | null; authorName: string },
) => tx.note.create({ data: { ...data, targetType: 'identity' } });
