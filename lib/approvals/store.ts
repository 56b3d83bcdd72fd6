import type { z } from 'zod';
import type { listRequestsSchema, RequestRow, RequestState, StoppedBy, Waiting } from '@/lib/approvals/model';
import { pool, prisma } from '@/lib/db/client';
import type { AccessRequest, Prisma } from '@/lib/db/generated/client';
import type { Tx } from '@/lib/db/transaction';
import { literally } from '@/lib/http/model';

export type Stored = AccessRequest;

export const insertRequest = (tx: Tx, data: Prisma.AccessRequestUncheckedCreateInput): Promise<Stored> =>
  tx.accessRequest.create({ data });

export const findRequest = (id: string): Promise<Stored | null> => prisma().accessRequest.findUnique({ where: { id } });

export const findByKey = (tokenId: string, key: string): Promise<Stored | null> =>
  prisma().accessRequest.findUnique({ where: { tokenId_idempotencyKey: { tokenId, idempotencyKey: key } } });

/** The row, locked until the transaction ends. */
export async function lockRequest(tx: Tx, id: string): Promise<Stored | null> {
  await tx.$executeRaw`select 1 from access_requests where id = ${id}::uuid for update`;
  return tx.accessRequest.findUnique({ where: { id } });
}

export const changeRequest = (tx: Tx, id: string, data: Prisma.AccessRequestUncheckedUpdateInput): Promise<Stored> =>
  tx.accessRequest.update({ where: { id }, data });

/** Pending requests whose time is over. */
export async function dueRequests(limit: number): Promise<string[]> {
  const found = await pool().query<{ id: string }>(
    `select id from access_requests where state = 'pending' and expires_at <= now() order by id limit $1`,
    [limit],
  );
  return found.rows.map((row) => row.id);
}

interface Approver {
  kind: string;
  id: string | null;
  name: string;
}

/** Holds other approvals of this person back until the transaction ends. */
export const lockApprover = (tx: Tx, who: Approver) =>
  tx.$executeRaw`select pg_advisory_xact_lock(hashtextextended(${`approver:${who.kind}:${who.id ?? who.name}`}, 0))`;

/** When this person approved since then, newest first, at most so many. */
export async function answersSince(who: Approver, since: Date, most: number, tx?: Tx): Promise<Date[]> {
  const rows = await (tx ?? prisma()).accessRequest.findMany({
    where: {
      answeredAt: { gt: since },
      state: 'approved',
      answeredByKind: who.kind,
      ...(who.id ? { answeredById: who.id } : { answeredBy: who.name }),
    },
    orderBy: { answeredAt: 'desc' },
    take: most,
    select: { answeredAt: true },
  });
  return rows.map((row) => row.answeredAt!);
}

/** The database's clock, ms: windows and ends everywhere are its own. */
export async function dbNow(): Promise<number> {
  const found = await pool().query<{ now: Date }>('select clock_timestamp() as now');
  return found.rows[0]!.now.getTime();
}

interface ListRow {
  id: string;
  state: string;
  created_at: Date;
  expires_at: Date;
  identity_id: string;
  identity_name: string;
  session_id: string | null;
  session_label: string | null;
  action: { name: string };
  resource: { type: string; id: string };
  amount: bigint | null;
  unit: string | null;
  scale: number;
  reason: string | null;
  rules: StoppedBy[];
  decision_id: string;
  answered_by_kind: string | null;
  answered_by: string | null;
  answered_at: Date | null;
  answer_reason: string | null;
  uses: number;
  used: number;
  grant_secs: number;
  approved_until: Date | null;
  withdrawn_at: Date | null;
  over: boolean;
  holds: boolean;
}

const iso = (at: Date | null): string | null => at?.toISOString() ?? null;

const rowOf = (row: ListRow): RequestRow => ({
  id: row.id,
  state: (row.over ? 'expired' : row.state) as RequestState,
  createdAt: row.created_at.toISOString(),
  expiresAt: row.expires_at.toISOString(),
  identityId: row.identity_id,
  identityName: row.identity_name,
  sessionId: row.session_id,
  sessionLabel: row.session_label,
  action: row.action.name,
  resourceType: row.resource.type,
  resourceId: row.resource.id,
  amount: row.amount?.toString() ?? null,
  unit: row.unit,
  scale: row.scale,
  reason: row.reason,
  rules: row.rules,
  decisionId: row.decision_id,
  answered:
    row.answered_by_kind && row.answered_at
      ? {
          kind: row.answered_by_kind as 'operator',
          name: row.answered_by ?? '',
          at: row.answered_at.toISOString(),
          reason: row.answer_reason,
        }
      : null,
  uses: row.uses,
  used: row.used,
  grantSecs: row.grant_secs,
  approvedUntil: iso(row.approved_until),
  withdrawnAt: iso(row.withdrawn_at),
  holds: row.holds,
});

const SELECT = `select r.*, i.name as identity_name, s.label as session_label,
    (r.state = 'pending' and r.expires_at <= now()) as over,
    (r.state = 'approved' and r.withdrawn_at is null and r.approved_until > now() and r.used < r.uses) as holds
  from access_requests r join identities i on i.id = r.identity_id left join sessions s on s.id = r.session_id`;

/** Newest first; an identity, an action or a resource by part of its name. */
export async function readRequests(query: z.output<typeof listRequestsSchema>): Promise<RequestRow[]> {
  const found = await pool().query<ListRow>(
    `${SELECT} where ($1::text is null or case when r.state = 'pending' and r.expires_at <= now() then 'expired' else r.state end = $1)
       and ($2::uuid is null or r.identity_id = $2) and ($3::uuid is null or r.id < $3)
       and ($4::text is null or i.name ilike $4 or r.action->>'name' ilike $4 or r.resource->>'id' ilike $4)
     order by r.id desc limit $5`,
    [
      query.state ?? null,
      query.identityId ?? null,
      query.cursor ?? null,
      query.q ? `%${literally(query.q)}%` : null,
      query.limit + 1,
    ],
  );
  return found.rows.map(rowOf);
}

export async function readRequest(id: string): Promise<RequestRow | null> {
  const found = await pool().query<ListRow>(`${SELECT} where r.id = $1`, [id]);
  return found.rows[0] ? rowOf(found.rows[0]) : null;
}

/** What of these identities waits now, or was approved within the last day, by unit. */
export async function sumsOf(identityId: string) {
  const found = await pool().query<{
    state: string;
    unit: string | null;
    scale: number;
    count: number;
    amount: string;
  }>(
    `select state, unit, max(scale)::int as scale, count(*)::int as count, coalesce(sum(amount), 0)::text as amount from access_requests
     where identity_id = $1 and ((state = 'pending' and expires_at > now()) or (state = 'approved' and answered_at > now() - interval '24 hours'))
     group by state, unit order by state desc, unit nulls last limit 50`,
    [identityId],
  );
  return found.rows;
}

/** Identities that act for one purpose with this one, itself included. */
export async function companionsOf(identityId: string): Promise<string[]> {
  const found = await pool().query<{ id: string }>(
    `select $1::uuid as id union select m.identity_id from workflow_members own join workflow_members m on m.workflow_id = own.workflow_id
     where own.identity_id = $1 limit 500`,
    [identityId],
  );
  return found.rows.map((row) => row.id);
}

/** Whether a token has spoken for one of these identities: such a credential is one through which they act. */
export async function hasSpokenFor(tokenId: string, identityIds: string[]): Promise<boolean> {
  const found = await pool().query(
    `select from decisions where identity_id = any($2::uuid[]) and token_id = $1 limit 1`,
    [tokenId, identityIds],
  );
  return found.rowCount !== 0;
}

/** Which of these identities answers to this name, in any namespace, or owns this session. */
export async function isOneOf(
  identityIds: string[],
  who: { name?: string; type?: string; issuer?: string; session?: string },
): Promise<boolean> {
  const found = await pool().query(
    `select from identities i where i.id = any($1::uuid[]) and (
       ($2::text is not null and (lower(i.external_id) = lower($2) or lower(i.name) = lower($2) or exists (
         select from identity_aliases a where a.identity_id = i.id and lower(a.external_id) = lower($2)
           and ($3::text is null or a.type in ($3, '*')) and ($4::text is null or a.issuer = $4))))
       or ($5::text is not null and exists (select from sessions s where s.identity_id = i.id and (s.id::text = $5 or s.group_key = $5
         or case when s.source = 'pdp' then s.group_key::jsonb->>3 end = $5)))) limit 1`,
    [identityIds, who.name ?? null, who.type ?? null, who.issuer ?? null, who.session ?? null],
  );
  return found.rowCount !== 0;
}

export async function tokenName(id: string | null): Promise<string | null> {
  if (!id) return null;
  const found = await pool().query<{ name: string }>('select name from api_tokens where id = $1', [id]);
  return found.rows[0]?.name ?? null;
}

export async function operatorEmail(id: string): Promise<string | null> {
  const found = await pool().query<{ email: string }>('select email from operators where id = $1', [id]);
  return found.rows[0]?.email ?? null;
}

/** The namespace a decision was asked in. */
export async function issuerOf(decisionId: string): Promise<string> {
  const found = await pool().query<{ issuer: string | null }>(
    'select t.issuer from decisions d left join api_tokens t on t.id = d.token_id where d.id = $1',
    [decisionId],
  );
  return found.rows[0]?.issuer ?? 'default';
}

export async function countWaiting(): Promise<Waiting> {
  const found = await pool().query<{
    requests: number;
    identities: number;
    first: Date | null;
    values: Waiting['values'];
  }>(
    `with w as (select * from access_requests where state = 'pending' and expires_at > now())
     select count(*)::int as requests, count(distinct identity_id)::int as identities, min(expires_at) as first,
       coalesce((select json_agg(json_build_object('unit', unit, 'scale', scale, 'amount', amount::text) order by unit) from
         (select unit, max(scale) as scale, sum(amount) as amount from w where unit is not null group by unit limit 20) v), '[]') as values from w`,
  );
  const { first, ...row } = found.rows[0]!;
  return { ...row, firstEndsAt: iso(first) };
}

/** An approval with what the audit log says of it. */
export interface Granted extends Stored {
  approvalId: string;
  grant: {
    kind: string;
    name: string;
    detail: { identityId?: string; decisionId?: string; uses?: number; until?: string; bound?: string };
  } | null;
  /** It was withdrawn. */
  taken: boolean;
  /** Uses that were given back. */
  givenBack: number;
}

/** An audit row counts once it is sealed; one of the last minutes may still wait for that. */
const SEALED = `a.target_type = 'approval' and a.target_id = r.id::text and (a.seq is not null or a.at > now() - interval '10 minutes')`;

/** Approvals in the order of their requests, a page at a time. `since`: only requests made from that day on. */
export async function grantedAfter(after: string, since: string | null, limit: number): Promise<Granted[]> {
  const told = await pool().query<Pick<Granted, 'id' | 'grant' | 'taken'> & { given_back: number }>(
    `select r.id,
       (select json_build_object('kind', a.actor_kind, 'name', a.actor_name, 'detail', a.detail) from audit_entries a
         where ${SEALED} and a.action = 'approval.approve' order by a.id limit 1) as grant,
       exists (select from audit_entries a where ${SEALED} and a.action = 'approval.withdraw') as taken,
       (select count(*)::int from audit_entries a where ${SEALED} and a.action = 'approval.give_back') as given_back
     from access_requests r where r.approval_id is not null and r.id > $1::uuid and ($2::date is null or r.created_at >= $2::date)
     order by r.id limit $3`,
    [after, since, limit],
  );
  const rows = await prisma().accessRequest.findMany({ where: { id: { in: told.rows.map((one) => one.id) } } });
  const stored = new Map(rows.map((row) => [row.id, row]));
  return told.rows.flatMap(({ id, grant, taken, given_back }) => {
    const row = stored.get(id);
    return row?.approvalId ? [{ ...row, approvalId: row.approvalId, grant, taken, givenBack: given_back }] : [];
  });
}
