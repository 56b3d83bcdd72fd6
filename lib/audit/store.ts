import { SEALED_COLUMNS, type SealedRow } from '@/lib/audit/entry-text';
import type { AuditQuery } from '@/lib/audit/model';
import { prisma } from '@/lib/db/client';
import type { Prisma } from '@/lib/db/generated/client';
import type { Tx } from '@/lib/db/transaction';
import { genesis } from '@/lib/decisions/seal';
import { literally } from '@/lib/http/model';
import { newId } from '@/lib/platform/ids';

const part = (text: string) => ({ contains: literally(text), mode: 'insensitive' as const });

/** Newest first. Ids carry their time, so paging by id is paging by time. */
export function auditRows(query: AuditQuery) {
  const and: Prisma.AuditEntryWhereInput[] = [];
  if (query.cursor) and.push({ id: { lt: query.cursor } });
  if (query.action)
    and.push({ action: query.action.includes('.') ? query.action : { startsWith: `${query.action}.` } });
  if (query.actor) and.push({ OR: [{ actorId: query.actor }, { actorName: part(query.actor) }] });
  if (query.actorKind) and.push({ actorKind: query.actorKind });
  if (query.target) and.push({ OR: [{ targetId: query.target }, { targetName: part(query.target) }] });
  if (query.grant) and.push({ grantId: query.grant });
  if (query.from) and.push({ at: { gte: new Date(query.from) } });
  if (query.to) and.push({ at: { lte: new Date(query.to) } });
  if (query.q)
    and.push({
      OR: [
        { actorName: part(query.q) },
        { targetName: part(query.q) },
        { targetId: query.q },
        { reason: part(query.q) },
        { requestId: query.q },
      ],
    });
  return prisma().auditEntry.findMany({
    where: { AND: and },
    orderBy: { id: 'desc' },
    take: query.limit + 1,
    omit: { day: true, writer: true, hash: true },
  });
}

/** These rows, in the order they are sealed in. */
export const rowsNamed = (tx: Tx, rows: { day: string; id: string }[]) =>
  tx.auditEntry.findMany({
    where: {
      day: { in: [...new Set(rows.map((one) => one.day))].map((day) => new Date(day)) },
      id: { in: rows.map((one) => one.id) },
    },
    orderBy: { seq: 'asc' },
    omit: { day: true, writer: true, hash: true },
  });

/** A loose index scan: one look per action, however long the log is. */
export async function actionsSeen(): Promise<string[]> {
  const rows = await prisma().$queryRaw<{ action: string }[]>`with recursive seen(action, n) as (
      (select action, 1 from audit_entries order by action limit 1)
      union all
      select (select a.action from audit_entries a where a.action > seen.action order by a.action limit 1), n + 1
      from seen where seen.action is not null and n < 200)
    select action from seen where action is not null`;
  return rows.map((row) => row.action);
}

export interface AuditWriter {
  id: string;
  seq: bigint;
  hash: Buffer;
}

/** The one writer of the audit's chain, locked until the transaction ends; made where there is none, linking every head it finds. */
export async function auditWriter(tx: Tx): Promise<AuditWriter> {
  const locked = () =>
    tx.$queryRaw<AuditWriter[]>`select id, seq, hash from writers where kind = 'audit' for update`.then((r) => r[0]);
  const found = await locked();
  if (found) return found;
  const heads = await tx.$queryRaw<{ id: string; seq: bigint; hash: string }[]>`
    select id, seq, encode(hash, 'hex') as hash from writers order by started_at desc, id desc limit 1000`;
  const links = heads.map((head) => ({ ...head, seq: head.seq.toString() }));
  const id = newId();
  await tx.$executeRaw`insert into writers (id, kind, seq, hash, links)
    values (${id}::uuid, 'audit', 0, ${genesis(id, links)}, ${JSON.stringify(links)}::jsonb) on conflict do nothing`;
  return (await locked())!;
}

/** Committed rows that are not sealed yet, in the order of their transactions. */
export const unsealed = (tx: Tx, limit: number): Promise<SealedRow[]> =>
  tx.$queryRawUnsafe<SealedRow[]>(
    `select ${SEALED_COLUMNS} from audit_entries where seq is null order by age(xmin) desc, id limit ${limit}`,
  );

export async function putSeals(
  tx: Tx,
  writer: string,
  seals: { day: string; id: string; seq: bigint; hash: Buffer }[],
): Promise<void> {
  await tx.$executeRaw`update audit_entries a set writer = ${writer}::uuid, seq = q.seq, hash = decode(q.hash, 'hex')
    from unnest(${seals.map((one) => one.day)}::date[], ${seals.map((one) => one.id)}::uuid[], ${seals.map((one) => one.seq)}::bigint[],
      ${seals.map((one) => one.hash.toString('hex'))}::text[]) as q(day, id, seq, hash) where a.day = q.day and a.id = q.id`;
}

export async function moveHead(tx: Tx, writer: string, seq: bigint, hash: Buffer): Promise<void> {
  await tx.$executeRaw`update writers set seq = ${seq}, hash = ${hash} where id = ${writer}::uuid`;
}
