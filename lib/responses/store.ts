import { prisma } from '@/lib/db/client';
import type { Prisma, Response, ResponseRule } from '@/lib/db/generated/client';
import type { Tx } from '@/lib/db/transaction';
import type { Earlier, Usage } from '@/lib/responses/evaluate';
import { type Guardrails, guardrailsSchema, type Reach, usualGuardrails } from '@/lib/responses/model';

export type Stored = Response;
export type StoredRule = ResponseRule;

const KEY = 'guardrails';

export async function readGuardrails(tx: Tx = prisma()): Promise<Guardrails> {
  const row = await tx.setting.findUnique({ where: { key: KEY } });
  const read = guardrailsSchema.safeParse(row?.value ?? {});
  return read.success ? read.data : usualGuardrails();
}

export const writeGuardrails = (tx: Tx, value: Guardrails, at: Date) =>
  tx.setting.upsert({
    where: { key: KEY },
    create: { key: KEY, value, updatedAt: at },
    update: { value, updatedAt: at },
  });

export const readRules = () => prisma().responseRule.findMany({ orderBy: { id: 'asc' }, take: 200 });
export const findRule = (id: string, tx: Tx = prisma()) => tx.responseRule.findUnique({ where: { id } });
export const insertRule = (tx: Tx, data: Prisma.ResponseRuleUncheckedCreateInput) => tx.responseRule.create({ data });
export const changeRule = (tx: Tx, id: string, data: Prisma.ResponseRuleUpdateInput) =>
  tx.responseRule.update({ where: { id }, data });
export const removeRule = (tx: Tx, id: string) => tx.responseRule.delete({ where: { id } });

/** Acts per rule by what came of them. */
export async function countsOf(ids: string[]): Promise<Map<string, { done: number; refused: number }>> {
  const rows = await prisma().response.groupBy({
    by: ['ruleId', 'state'],
    where: { ruleId: { in: ids }, state: { in: ['done', 'undone', 'refused'] } },
    _count: { _all: true },
  });
  const counts = new Map<string, { done: number; refused: number }>();
  for (const row of rows) {
    const known = counts.get(row.ruleId!) ?? { done: 0, refused: 0 };
    if (row.state === 'refused') known.refused += row._count._all;
    else known.done += row._count._all;
    counts.set(row.ruleId!, known);
  }
  return counts;
}

/** Rules and policies that act at the same time are counted one after the other. */
export const oneAtATime = (tx: Tx) => tx.$executeRaw`select pg_advisory_xact_lock(hashtext('responses'))`;

/** What this actor has asked a second operator for and still waits: the very same of the very same, in whatever order they were named. */
export async function proposedAlike(
  tx: Tx,
  by: { id: string | null; name: string },
  asked: { kind: string; of: 'sessionIds' | 'identityIds'; ids: string[]; since: Date },
): Promise<{ id: string } | null> {
  const wanted = JSON.stringify(asked.ids);
  const [found] = await tx.$queryRaw<{ id: string }[]>`
    select id::text as id from responses
     where state = 'proposed' and origin = 'operator' and kind = ${asked.kind} and asked_at > ${asked.since}
       and asked_by = ${by.name} and asked_by_id is not distinct from ${by.id}::text
       and input->${asked.of}::text @> ${wanted}::jsonb and input->${asked.of}::text <@ ${wanted}::jsonb
     order by id limit 1`;
  return found ?? null;
}

/** Done, or begun: `doneAt` is set before anything is asked, so that one that is under way counts. */
export const actsSince = (tx: Tx, origin: string, since: Date) =>
  tx.response.count({ where: { origin, doneAt: { gt: since }, state: { in: ['waiting', 'done', 'undone'] } } });

/** How much rules have done since then: in all, and on this identity. */
export async function usageOf(tx: Tx, guardrails: Guardrails, identityId: string, since: Date): Promise<Usage> {
  const acts = { origin: 'rule', doneAt: { gt: since }, state: { in: ['waiting', 'done', 'undone'] } };
  return {
    lastHour: await actsSince(tx, 'rule', since),
    cap: guardrails.capPerHour,
    ofIdentity: await tx.response.count({ where: { ...acts, identityId } }),
    identityCap: guardrails.capPerIdentity,
  };
}

const UNDER_WAY = ['requested', 'accepted', 'effective'];

/** What this rule wanted for this finding last, refusals aside, and when what it asked for was over. */
export async function earlierOf(tx: Tx, ruleId: string, findingId: string): Promise<Earlier | null> {
  const last = await tx.response.findFirst({
    where: { ruleId, findingId, state: { not: 'refused' } },
    orderBy: { id: 'desc' },
  });
  if (!last) return null;
  const asked = await tx.revocation.findMany({
    where: { id: { in: last.revocationIds } },
    select: { state: true, verifiedAt: true },
  });
  const playbook = last.playbookId ? await tx.playbook.findUnique({ where: { id: last.playbookId } }) : null;
  const open = asked.some((one) => UNDER_WAY.includes(one.state)) || playbook?.state === 'open';
  const ends = [last.doneAt, playbook?.containedAt, ...asked.map((one) => one.verifiedAt)].flatMap((at) =>
    at ? [at.getTime()] : [],
  );
  return { ...last, overAt: open || ends.length === 0 ? null : new Date(Math.max(...ends)) };
}

/** true: a rule has looked at this occurrence of the finding, or a later one. */
export const seenBy = async (tx: Tx, ruleId: string, findingId: string, occurrence: number): Promise<boolean> =>
  (await tx.response.count({ where: { ruleId, findingId, occurrence: { gte: occurrence } } })) > 0;

/** What this guardrail refused of this finding since then. */
const refusals = (findingId: string, guardrail: string, since: Date) => ({
  findingId,
  state: 'refused',
  askedAt: { gt: since },
  input: { path: ['guardrail'], equals: guardrail },
});

export const toldSince = async (tx: Tx, findingId: string, guardrail: string, since: Date): Promise<boolean> =>
  (await tx.response.count({ where: refusals(findingId, guardrail, since) })) > 0;

/** Counts up what was refused already, instead of telling it again. false: this is the first within that time. */
export async function countedUp(
  tx: Tx,
  ruleId: string,
  finding: { id: string; occurrences: number },
  guardrail: string,
  since: Date,
): Promise<boolean> {
  const known = await tx.response.findFirst({ where: { ruleId, ...refusals(finding.id, guardrail, since) } });
  if (!known) return false;
  await tx.response.update({
    where: { id: known.id },
    data: { times: { increment: 1 }, occurrence: finding.occurrences },
  });
  return true;
}

export const actOfDecision = (tx: Tx, decisionId: string, kind: string) =>
  tx.response.findFirst({
    where: { origin: 'policy', kind, input: { path: ['decisionId'], equals: decisionId } },
    select: { id: true, state: true, detail: true },
  });

/** Live sessions these identities have, and connectors they live in. */
export async function reachOf(identityIds: string[], sessionIds: string[] | null): Promise<Reach> {
  const sessions = await prisma().session.count({
    where: sessionIds ? { id: { in: sessionIds }, endedAt: null } : { identityId: { in: identityIds }, endedAt: null },
  });
  const systems = await prisma().identityAlias.findMany({
    where: { identityId: { in: identityIds }, issuer: { startsWith: 'connector:' } },
    distinct: ['issuer'],
    select: { issuer: true },
  });
  return { identities: identityIds.length, sessions, systems: systems.length };
}

/** false: this rule has seen this occurrence of the finding already. */
export const insertResponse = async (tx: Tx, data: Prisma.ResponseCreateManyInput): Promise<boolean> =>
  (await tx.response.createMany({ data: [data], skipDuplicates: true })).count === 1;

export const findResponse = (id: string) => prisma().response.findUnique({ where: { id } });

/** Agreed to before then, and never written down as carried out: that sets until when it can be undone. */
export const lostResponses = (before: Date) =>
  prisma().response.findMany({
    where: {
      origin: { in: ['operator', 'rule'] },
      kind: { not: 'bounds' },
      state: 'done',
      undoUntil: null,
      doneAt: { lt: before },
    },
    select: { id: true },
    take: 100,
  });

/** Asked for before then, and nobody has agreed yet. */
export const waitingSince = (before: Date) =>
  prisma().response.findMany({
    where: { state: 'proposed', askedAt: { lt: before } },
    select: { id: true },
    take: 100,
  });

/** The name of who made this token; null: it is none. */
export const madeToken = async (id: string): Promise<string | null> =>
  (await prisma().apiToken.findUnique({ where: { id }, select: { createdBy: true } }))?.createdBy ?? null;

export async function lockResponse(tx: Tx, id: string): Promise<Stored | null> {
  await tx.$queryRaw`select id from responses where id = ${id}::uuid for update`;
  return tx.response.findUnique({ where: { id } });
}

export const changeResponse = (tx: Tx, id: string, data: Prisma.ResponseUncheckedUpdateInput) =>
  tx.response.update({ where: { id }, data });

export const pageOf = (where: Prisma.ResponseWhereInput, take: number) =>
  prisma().response.findMany({ where, orderBy: { id: 'desc' }, take });

export const namesOf = (ids: string[]) =>
  prisma().identity.findMany({ where: { id: { in: ids } }, select: { id: true, name: true, protected: true } });
export const ownersOf = (sessionIds: string[]) =>
  prisma().session.findMany({ where: { id: { in: sessionIds } }, select: { id: true, identityId: true } });

/** Operators who are active and of one of these roles. */
export const operatorsOf = (roles: readonly string[]) =>
  prisma().operator.findMany({
    where: { state: 'active', role: { in: [...roles] } },
    select: { id: true, name: true },
  });
export const titlesOf = (ids: string[]) =>
  prisma().finding.findMany({ where: { id: { in: ids } }, select: { id: true, title: true } });

/** Findings with what rules ask of them: their identity, and those sessions in evidence that still live. */
export async function findingFacts(ids: string[], tx: Tx = prisma()) {
  const findings = await tx.finding.findMany({ where: { id: { in: ids } } });
  const identities = await tx.identity.findMany({
    where: { id: { in: findings.map((one) => one.identityId) } },
    select: { id: true, name: true, kind: true, state: true, protected: true, environment: true, owner: true },
  });
  const evidence = findings.flatMap((one) => (one.evidence as { sessions?: string[] }).sessions ?? []);
  const live = await tx.session.findMany({
    where: { id: { in: evidence }, endedAt: null },
    select: { id: true, identityId: true },
  });
  return { findings, identities, live };
}

/** Identities that these revocations of these actors still keep closed: what was opened and closed again since is another's. */
export async function keptClosed(revocationIds: string[], by: string[]): Promise<string[]> {
  const standing = await prisma().revocation.findMany({
    where: { id: { in: revocationIds }, actorName: { in: by }, undoneBy: null },
    select: { identityId: true },
  });
  return [...new Set(standing.map((one) => one.identityId))];
}

/** How many identities are active, and how many live sessions one of them has at most. */
export async function estateOf(): Promise<{ active: number; most: number }> {
  const [row] = await prisma().$queryRaw<{ active: number; most: number }[]>`
    select (select count(*)::int from identities where state = 'active') as active,
           (select coalesce(max(n), 0)::int from
             (select count(*) as n from sessions where ended_at is null group by identity_id) of_each) as most`;
  return row!;
}
