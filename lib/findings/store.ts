import type { z } from 'zod';
import { prisma } from '@/lib/db/client';
import { type Finding, Prisma } from '@/lib/db/generated/client';
import type { Tx } from '@/lib/db/transaction';
import { withEarlier } from '@/lib/findings/impact/store';
import { impactOf } from '@/lib/findings/impact-model';
import { IMPACTS } from '@/lib/findings/impacts-model';
import type {
  Evidence,
  ExposureFact,
  FindingRow,
  FindingState,
  Found,
  listFindingsSchema,
  Mapped,
  Severity,
} from '@/lib/findings/model';
import type { Merged, Standing } from '@/lib/findings/state';
import type { Standing as Told } from '@/lib/findings/tell';
import { idTime } from '@/lib/platform/ids';

type Query = z.output<typeof listFindingsSchema>;

const iso = (at: Date | null): string | null => at?.toISOString() ?? null;

function rowOf(
  finding: Finding & { identity_name: string; identity_kind: string; identity_state: string },
): FindingRow {
  return {
    id: finding.id,
    identityId: finding.identityId,
    identityName: finding.identity_name,
    identityKind: finding.identity_kind,
    identityState: finding.identity_state,
    detector: finding.detector,
    severity: finding.severity as Severity,
    state: finding.state as FindingState,
    title: finding.title,
    summary: finding.summary,
    occurrences: finding.occurrences,
    firstSeenAt: finding.firstSeenAt.toISOString(),
    lastSeenAt: finding.lastSeenAt.toISOString(),
    stateBy: finding.stateBy,
    stateReason: finding.stateReason,
    stateAt: iso(finding.stateAt),
    suppressUntil: iso(finding.suppressUntil),
    suppressOwner: finding.suppressOwner,
    disposition: finding.disposition,
    impact: IMPACTS.filter((one) => finding.impact.includes(one)),
    raisedAt: new Date(idTime(finding.id)).toISOString(),
    evidence: finding.evidence as unknown as Evidence,
  };
}

/** true: it was not there and is now. Two detectors at once never make two. */
export async function insertMissing(tx: Tx, id: string, found: Found, mapping: readonly Mapped[]): Promise<boolean> {
  const { count } = await tx.finding.createMany({
    data: {
      id,
      identityId: found.identityId,
      detector: found.detector,
      cause: found.cause,
      severity: found.severity,
      title: found.title,
      summary: found.summary,
      reasons: found.reasons,
      evidence: found.evidence as Prisma.InputJsonObject,
      mapping: mapping as unknown as Prisma.InputJsonArray,
      impact: impactOf(found),
      firstSeenAt: found.firstSeenAt,
      lastSeenAt: found.lastSeenAt,
      completeAt: found.lastSeenAt,
    },
    skipDuplicates: true,
  });
  return count === 1;
}

/** Locks the finding of this identity, detector and cause, and reads it. */
export async function lockFinding(tx: Tx, found: Found): Promise<Standing & { id: string }> {
  const key = { identityId: found.identityId, detector: found.detector, cause: found.cause };
  await tx.$queryRaw`select id from findings where identity_id = ${key.identityId}::uuid and detector = ${key.detector} and cause = ${key.cause} for update`;
  const finding = await tx.finding.findUniqueOrThrow({ where: { identityId_detector_cause: key } });
  return {
    id: finding.id,
    state: finding.state as FindingState,
    severity: finding.severity as Severity,
    evidence: finding.evidence as unknown as Evidence,
    occurrences: finding.occurrences,
    firstSeenAt: finding.firstSeenAt.toISOString(),
    lastSeenAt: finding.lastSeenAt.toISOString(),
    suppressUntil: iso(finding.suppressUntil),
  };
}

export async function updateFinding(tx: Tx, id: string, found: Found, merged: Merged): Promise<void> {
  const reopened = merged.change === 'reopened';
  await tx.finding.update({
    where: { id },
    data: {
      impact: await withEarlier(tx, id, impactOf(found)),
      state: merged.state,
      severity: merged.severity,
      title: found.title,
      summary: found.summary,
      reasons: found.reasons,
      evidence: merged.evidence as Prisma.InputJsonObject,
      occurrences: merged.occurrences,
      firstSeenAt: merged.firstSeenAt,
      lastSeenAt: merged.lastSeenAt,
      ...(reopened
        ? {
            stateBy: 'detection',
            stateReason: 'New evidence',
            stateAt: found.lastSeenAt,
            suppressUntil: null,
            suppressOwner: null,
            disposition: null,
          }
        : {}),
    },
  });
}

export interface StateChange {
  state: FindingState;
  stateBy: string;
  stateReason: string | null;
  stateAt: Date;
  suppressUntil: Date | null;
  suppressOwner: string | null;
  disposition: string | null;
}

const toldOf = (finding: Finding): Told => ({
  id: finding.id,
  identityId: finding.identityId,
  detector: finding.detector as Found['detector'],
  severity: finding.severity as Severity,
  title: finding.title,
  summary: finding.summary,
  reasons: finding.reasons as string[],
  evidence: finding.evidence as unknown as Evidence,
  occurrences: finding.occurrences,
  firstSeenAt: finding.firstSeenAt.toISOString(),
  lastSeenAt: finding.lastSeenAt.toISOString(),
});

/** Changes the state of one finding that is in one of `from`. null: no such finding; the row as it was otherwise. */
export async function changeState(
  tx: Tx,
  id: string,
  from: readonly FindingState[],
  change: StateChange,
): Promise<{
  title: string;
  state: FindingState;
  judged: Told & { cause: string };
  changed: boolean;
  finding: Told;
} | null> {
  await tx.$queryRaw`select id from findings where id = ${id}::uuid for update`;
  const before = await tx.finding.findUnique({ where: { id } });
  if (!before) return null;
  const changed = from.includes(before.state as FindingState);
  if (changed) await tx.finding.update({ where: { id }, data: change });
  const finding = toldOf(before);
  const { title, cause } = before;
  return { title, state: before.state as FindingState, judged: { ...finding, cause }, changed, finding };
}

/** Suppressions whose end has passed are open again. Returns what they were of. */
export async function endSuppressions(tx: Tx, now: Date): Promise<Told[]> {
  const ended = await tx.finding.findMany({
    where: { state: 'suppressed', suppressUntil: { lte: now } },
  });
  const ids = ended.map(({ id }) => id);
  if (ids.length > 0)
    await tx.finding.updateMany({
      where: { id: { in: ids } },
      data: {
        state: 'open',
        stateBy: 'detection',
        stateReason: 'The suppression ended',
        stateAt: now,
        suppressUntil: null,
        suppressOwner: null,
      },
    });
  return ended.map(toldOf);
}

/** Open findings that assert nothing but that an exposure stands above its limit: no request was refused. Oldest first, 20. */
export async function openAbove(): Promise<{ id: string; exposureId: string; kind: ExposureFact['kind'] }[]> {
  return prisma().$queryRaw`select f.id, e.id as "exposureId", e.kind from findings f
    join exposures e on e.id = (f.evidence->>'exposureId')::uuid
    where f.detector = 'limit-crossed' and f.state = 'open' and f.evidence->'decisions' = '[]'::jsonb
    order by f.last_seen_at limit 20`;
}

const ACTIVE = Prisma.sql`f.state in ('open', 'acknowledged')`;

const URGENCY = Prisma.sql`braid_urgency(f.state, f.severity)`;

/** Newest first by last sighting, within the same urgency where that is the order; the cursor is the last row's place. */
export async function readFindings(
  query: Query,
  after: { urgency: number; at: string; id: string } | null,
  /** Those whose evidence names one of these sessions. */
  among: string[] | null = null,
): Promise<FindingRow[]> {
  const urgent = query.order === 'urgency';
  const where = [Prisma.sql`true`];
  if (query.state === 'active') where.push(ACTIVE);
  else if (query.state !== 'any') where.push(Prisma.sql`f.state = ${query.state}`);
  if (query.severity) where.push(Prisma.sql`f.severity = ${query.severity}`);
  if (query.detector) where.push(Prisma.sql`f.detector = ${query.detector}`);
  if (query.identityId) where.push(Prisma.sql`f.identity_id = ${query.identityId}::uuid`);
  if (query.disposition) where.push(Prisma.sql`f.disposition = ${query.disposition}`);
  if (among) where.push(Prisma.sql`f.evidence->'sessions' ?| ${among}`);
  if (query.impact) where.push(Prisma.sql`${query.impact} = any(f.impact)`);
  if (query.from) where.push(Prisma.sql`f.last_seen_at >= ${query.from}::timestamptz`);
  if (query.to) where.push(Prisma.sql`f.first_seen_at <= ${query.to}::timestamptz`);
  if (query.q) {
    const like = `%${query.q.replace(/[\\%_]/g, '\\$&')}%`;
    where.push(Prisma.sql`(f.title ilike ${like} or f.summary ilike ${like} or i.name ilike ${like})`);
  }
  const place = after && Prisma.sql`${after.at}::timestamptz, ${after.id}::uuid`;
  if (after && urgent) where.push(Prisma.sql`(${URGENCY}, f.last_seen_at, f.id) < (${after.urgency}::int, ${place})`);
  else if (after) where.push(Prisma.sql`(f.last_seen_at, f.id) < (${place})`);
  const first = urgent ? Prisma.sql`${URGENCY} desc, ` : Prisma.empty;
  const ids = await prisma().$queryRaw<{ id: string; name: string; kind: string; state: string }[]>`
    select f.id, i.name, i.kind, i.state from findings f join identities i on i.id = f.identity_id
    where ${Prisma.join(where, ' and ')} order by ${first}f.last_seen_at desc, f.id desc limit ${query.limit + 1}`;
  return readRows(ids);
}

async function readRows(ids: { id: string; name: string; kind: string; state: string }[]): Promise<FindingRow[]> {
  const findings = await prisma().finding.findMany({ where: { id: { in: ids.map(({ id }) => id) } } });
  const byId = new Map(findings.map((finding) => [finding.id, finding]));
  return ids.flatMap(({ id, name, kind, state }) => {
    const finding = byId.get(id);
    return finding ? rowOf({ ...finding, identity_name: name, identity_kind: kind, identity_state: state }) : [];
  });
}

export async function countStates(): Promise<{
  open: number;
  urgent: number;
  acknowledged: number;
  suppressed: number;
}> {
  const [row] = await prisma().$queryRaw<{ open: number; urgent: number; acknowledged: number; suppressed: number }[]>`
    select (count(*) filter (where state = 'open'))::int as open,
      (count(*) filter (where state = 'open' and severity in ('high', 'critical')))::int as urgent,
      (count(*) filter (where state = 'acknowledged'))::int as acknowledged,
      (count(*) filter (where state = 'suppressed'))::int as suppressed from findings`;
  return row!;
}

export async function readFinding(id: string) {
  const finding = await prisma().finding.findUnique({ where: { id } });
  if (!finding) return null;
  const identity = await prisma().identity.findUnique({
    where: { id: finding.identityId },
    select: { name: true, kind: true, state: true },
  });
  return {
    row: rowOf({
      ...finding,
      identity_name: identity?.name ?? '',
      identity_kind: identity?.kind ?? '',
      identity_state: identity?.state ?? 'active',
    }),
    reasons: finding.reasons as string[],
    mapping: finding.mapping as unknown as Mapped[],
  };
}

export const findingTitle = async (tx: Tx, id: string): Promise<string | null> =>
  (await tx.finding.findUnique({ where: { id }, select: { title: true } }))?.title ?? null;

export const identityExists = async (tx: Tx, id: string): Promise<boolean> =>
  (await tx.identity.count({ where: { id } })) === 1;
