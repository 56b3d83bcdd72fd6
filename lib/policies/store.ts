import { pool, prisma } from '@/lib/db/client';
import type { Tx } from '@/lib/db/transaction';
import type { TestFile } from '@/lib/policies/life-model';

/** Serialises changes of one set by its name, and answers its active version and the one in shadow. */
export async function lockSet(tx: Tx, name: string) {
  await tx.$executeRaw`select pg_advisory_xact_lock(7262003, hashtext(${name}))`;
  const standing = await tx.policySet.findMany({ where: { name, state: { in: ['active', 'shadow'] } } });
  return {
    active: standing.find((row) => row.state === 'active') ?? null,
    shadow: standing.find((row) => row.state === 'shadow') ?? null,
  };
}

export async function lastVersion(tx: Tx, name: string): Promise<number> {
  const last = await tx.policySet.findFirst({
    where: { name },
    orderBy: { version: 'desc' },
    select: { version: true },
  });
  return last?.version ?? 0;
}

interface NewVersion {
  id: string;
  name: string;
  version: number;
  hash: string;
  source: string;
  mode: string;
  tests: TestFile[];
  basedOn: number | null;
}

/** Retires what stands in a state and puts a new version in its place, in the caller's transaction. */
export async function insertVersion(
  tx: Tx,
  row: NewVersion,
  who: { by: string; reason: string | null },
  state: 'active' | 'shadow',
): Promise<void> {
  await retireIn(tx, row.name, state);
  await tx.$executeRaw`insert into policy_sets (id, name, version, hash, source, state, mode, tests, based_on, created_by, reason, activated_at, activated_by)
    values (${row.id}::uuid, ${row.name}, ${row.version}, ${row.hash}, ${row.source}, ${state}, ${row.mode}, ${JSON.stringify(row.tests)}::jsonb, ${row.basedOn},
            ${who.by}, ${who.reason}, case when ${state} = 'active' then now() end, case when ${state} = 'active' then ${who.by} end)`;
}

export const setTests = (tx: Tx, id: string, tests: readonly unknown[]): Promise<number> =>
  tx.$executeRaw`update policy_sets set tests = ${JSON.stringify(tests)}::jsonb where id = ${id}::uuid`;

export const retireIn = (tx: Tx, name: string, state: 'active' | 'shadow'): Promise<number> =>
  tx.$executeRaw`update policy_sets set state = 'retired', retired_at = now() where name = ${name} and state = ${state}`;

/** The version in shadow becomes the active one; the active one, if any, is retired. */
export async function activateShadow(tx: Tx, id: string, name: string, who: { by: string; reason: string | null }) {
  await retireIn(tx, name, 'active');
  await tx.$executeRaw`update policy_sets set state = 'active', activated_at = now(), activated_by = ${who.by}, activated_for = ${who.reason}
    where id = ${id}::uuid`;
}

export const versionOf = (tx: Tx, name: string, version: number) =>
  tx.policySet.findUnique({ where: { name_version: { name, version } } });

/** Versions in a state, or all versions of one set, newest first within a set. */
export const rows = (where: { name?: string; state?: string | { in: string[] } }) =>
  prisma().policySet.findMany({ where, orderBy: [{ name: 'asc' }, { version: 'desc' }], take: 500 });

// ── drafts ──

export const drafts = () => prisma().policyDraft.findMany({ orderBy: { name: 'asc' }, take: 200 });
export const draftOf = (name: string) => prisma().policyDraft.findUnique({ where: { name } });

/** Writes a draft over the revision that was seen; false: somebody else has saved another meanwhile. */
export async function writeDraft(
  tx: Tx,
  draft: {
    name: string;
    source: string;
    tests: TestFile[];
    baseVersion: number | null;
    revision: number | null;
    by: string;
  },
): Promise<number | null> {
  const { name, source, tests, baseVersion, revision, by } = draft;
  const text = JSON.stringify(tests);
  const written =
    revision === null
      ? await tx.$queryRaw<
          { revision: number }[]
        >`insert into policy_drafts (name, source, tests, base_version, created_by, updated_by)
          values (${name}, ${source}, ${text}::jsonb, ${baseVersion}, ${by}, ${by}) on conflict (name) do nothing returning revision`
      : await tx.$queryRaw<
          { revision: number }[]
        >`update policy_drafts set source = ${source}, tests = ${text}::jsonb, base_version = ${baseVersion},
            revision = revision + 1, updated_at = now(), updated_by = ${by} where name = ${name} and revision = ${revision} returning revision`;
  return written[0]?.revision ?? null;
}

export const removeDraft = (tx: Tx, name: string) => tx.policyDraft.deleteMany({ where: { name } });

// ── exemptions ──

/** Writes an exemption and moves the revision that decisions read behind their locks. */
export async function insertExemption(
  tx: Tx,
  row: {
    id: string;
    policySet: string;
    ruleId: string;
    identityId: string | null;
    workflowId: string | null;
    until: Date;
    reason: string;
    createdBy: string;
  },
): Promise<void> {
  await tx.policyExemption.create({ data: row });
  await touchExemptions(tx, row.policySet);
}

const touchExemptions = (tx: Tx, name: string): Promise<number> =>
  tx.$executeRaw`update policy_sets set exempt_rev = exempt_rev + 1 where name = ${name} and state in ('active', 'shadow')`;

/** Ends an exemption that still stands. null: there is none of that id, or it is over. */
export async function endExemption(tx: Tx, id: string, who: { by: string; reason: string }) {
  const ended = await tx.$queryRaw<
    { policy_set: string; rule_id: string; identity_id: string | null; workflow_id: string | null }[]
  >`update policy_exemptions set ended_at = now(), ended_by = ${who.by}, end_reason = ${who.reason}
    where id = ${id}::uuid and ended_at is null and until > now() returning policy_set, rule_id, identity_id, workflow_id`;
  const [row] = ended;
  if (row) await touchExemptions(tx, row.policy_set);
  return row ?? null;
}

export interface StoredExemption {
  id: string;
  policy_set: string;
  rule_id: string;
  identity_id: string | null;
  identity_name: string | null;
  workflow_id: string | null;
  workflow_name: string | null;
  until: Date;
  over: boolean;
  reason: string;
  created_at: Date;
  created_by: string;
  ended_at: Date | null;
  ended_by: string | null;
  end_reason: string | null;
}

/** Exemptions of a set, or those that concern an identity (its own and its workflows'); newest first. */
export const exemptions = (query: { set?: string; identityId?: string; past: boolean }): Promise<StoredExemption[]> =>
  prisma().$queryRaw<StoredExemption[]>`
    select e.id, e.policy_set, e.rule_id, e.identity_id, i.name as identity_name, e.workflow_id, w.name as workflow_name, e.until,
      e.until <= now() as over, e.reason, e.created_at, e.created_by, e.ended_at, e.ended_by, e.end_reason
    from policy_exemptions e left join identities i on i.id = e.identity_id left join workflows w on w.id = e.workflow_id
    where (${query.set ?? null}::text is null or e.policy_set = ${query.set ?? null})
      and (${query.identityId ?? null}::uuid is null or e.identity_id = ${query.identityId ?? null}::uuid
        or e.workflow_id in (select m.workflow_id from workflow_members m where m.identity_id = ${query.identityId ?? null}::uuid))
      and (${query.past} or (e.ended_at is null and e.until > now()))
    order by e.created_at desc, e.id desc limit 500`;

/** Exemptions that are not as the audit log has them; at most 1,000. An entry of the last minutes may still wait for its seal. */
export async function unprovenExemptions(
  since: string | null,
): Promise<{ id: string; policy_set: string; rule_id: string; why: 'nobody' | 'other' | 'ended' }[]> {
  const found = await pool().query(
    `with told as materialized (
       select a.action, a.detail->>'exemption' as exemption, a.detail->>'set' as set, a.detail->>'rule' as rule, a.detail->>'until' as until,
         a.target_type, a.target_id, a.actor_name
       from audit_entries a where a.action in ('policy.exempt', 'policy.end_exemption') and (a.seq is not null or a.at > now() - interval '10 minutes'))
     select e.id, e.policy_set, e.rule_id, case when m.exemption is null then 'nobody' when not m.same then 'other' else 'ended' end as why
     from policy_exemptions e
     left join lateral (
       select t.exemption, t.set = e.policy_set and t.rule = e.rule_id and t.until::timestamptz = e.until and t.actor_name = e.created_by
         and num_nonnulls(e.identity_id, e.workflow_id) = 1 and t.target_id = coalesce(e.identity_id, e.workflow_id)::text
         and t.target_type = case when e.identity_id is null then 'workflow' else 'identity' end as same
       from told t where t.action = 'policy.exempt' and t.exemption = e.id::text order by 2 desc limit 1) m on true
     where ($1::date is null or e.created_at >= $1::date)
       and (m.exemption is null or not m.same
         or (e.ended_at is null and exists (select from told t where t.action = 'policy.end_exemption' and t.exemption = e.id::text)))
     order by e.id limit 1000`,
    [since],
  );
  return found.rows;
}

/** The name of an identity or workflow that exists. */
export async function subjectName(
  tx: Tx,
  subject: { identityId?: string; workflowId?: string },
): Promise<string | null> {
  const found = subject.identityId
    ? await tx.identity.findUnique({ where: { id: subject.identityId }, select: { name: true } })
    : await tx.workflow.findUnique({ where: { id: subject.workflowId! }, select: { name: true } });
  return found?.name ?? null;
}

/** Traces of a period, newest first, a page at a time. */
export async function tracesBefore(from: string, to: string, before: string | null, limit: number) {
  const found = await pool().query<{ id: string; trace: string }>(
    `select id, trace from decisions where day >= $1::timestamptz::date - 1 and day <= $2::timestamptz::date + 1
       and at >= $1 and at <= $2 and not dry_run and ($3::uuid is null or id < $3) order by id desc limit $4`,
    [from, to, before, limit],
  );
  return found.rows;
}

/** Sources of sets by their hash. */
export async function sourcesByHash(hashes: string[]): Promise<Map<string, string>> {
  const found = await pool().query<{ hash: string; source: string }>(
    `select distinct on (hash) hash, source from policy_sets
     where hash = any($1) and encode(sha256(convert_to(source, 'UTF8')), 'hex') = hash order by hash`,
    [hashes],
  );
  return new Map(found.rows.map((row) => [row.hash, row.source]));
}
