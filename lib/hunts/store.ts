import { pool, prisma } from '@/lib/db/client';
import type { Hunt, Prisma } from '@/lib/db/generated/client';
import type { Tx } from '@/lib/db/transaction';
import type { HuntDetail, Hunted, HuntProgress, HuntRow, HuntState } from '@/lib/hunts/model';

/** Whoever was seen in the period, by id. */
export async function identitiesOf(from: Date, to: Date, only: string | null): Promise<{ id: string; name: string }[]> {
  const { rows } = await pool().query<{ id: string; name: string }>(
    `select id::text, name from identities where first_seen_at <= $2 and (last_seen_at is null or last_seen_at >= $1)
       and ($3::uuid is null or id = $3) and attributes ->> 'continuedAs' is null order by id limit 200000`,
    [from, to, only],
  );
  return rows;
}

/** `detector cause` of what stands as a finding of one identity. */
export async function standingOf(identityId: string): Promise<Set<string>> {
  const rows = await prisma().finding.findMany({
    where: { identityId },
    select: { detector: true, cause: true },
    take: 5000,
  });
  return new Set(rows.map(({ detector, cause }) => `${detector} ${cause}`));
}

const nothing: HuntProgress = { identities: 0, identitiesTotal: 0, events: 0, found: 0 };

const rowOf = (hunt: Hunt): HuntRow => ({
  id: hunt.id,
  detectors: hunt.detectors,
  identityId: hunt.identityId,
  from: hunt.from.toISOString(),
  to: hunt.to.toISOString(),
  raises: hunt.raises,
  state: hunt.state as HuntState,
  progress: { ...nothing, ...(hunt.progress as object) },
  error: hunt.error,
  actorName: hunt.actorName,
  createdAt: hunt.createdAt.toISOString(),
  finishedAt: hunt.finishedAt?.toISOString() ?? null,
});

export async function insertHunt(
  tx: Tx,
  hunt: {
    id: string;
    detectors: string[];
    identityId: string | null;
    from: Date;
    to: Date;
    raises: boolean;
    actorName: string;
  },
): Promise<void> {
  await tx.hunt.create({ data: hunt });
}

/** How many hunts of an actor are not over; until the transaction ends nobody else counts them. */
export async function runningOf(tx: Tx, actorName: string): Promise<number> {
  await tx.$executeRaw`select pg_advisory_xact_lock(hashtextextended(${`hunts of ${actorName}`}, 0))`;
  return tx.hunt.count({ where: { actorName, state: 'running' } });
}

export async function readHunt(id: string): Promise<HuntDetail | null> {
  const hunt = await prisma().hunt.findUnique({ where: { id } });
  return hunt ? { ...rowOf(hunt), found: hunt.found as unknown as Hunted[] } : null;
}

/** Newest first; ids are in order of time. */
export async function readHunts(after: string | null, most: number): Promise<HuntRow[]> {
  const hunts = await prisma().hunt.findMany({
    where: after ? { id: { lt: after } } : {},
    orderBy: { id: 'desc' },
    take: most,
  });
  return hunts.map(rowOf);
}

export async function changeHunt(
  tx: Tx,
  id: string,
  change: { progress?: HuntProgress; found?: Hunted[]; state?: HuntState; error?: string; finishedAt?: Date },
): Promise<void> {
  const { progress, found, ...rest } = change;
  await tx.hunt.updateMany({
    where: { id, state: 'running' },
    data: {
      ...rest,
      ...(progress ? { progress: progress as unknown as Prisma.InputJsonObject } : {}),
      ...(found ? { found: found as unknown as Prisma.InputJsonArray } : {}),
    },
  });
}
