import { prisma } from '@/lib/db/client';
import type { Stored } from '@/lib/revocations/store';

const WATCHED_AT_ONCE = 200;

/** Closed access that is being watched for coming back, however much of it there is. */
export async function* watched(): AsyncGenerator<Stored> {
  const where = { undoneBy: null, steps: { some: { verb: 'regrowth', state: 'accepted' } } };
  for (let after: string | undefined; ; ) {
    const page: Stored[] = await prisma().revocation.findMany({
      where: { ...where, ...(after ? { id: { gt: after } } : {}) },
      include: { steps: { orderBy: { ordinal: 'asc' } } },
      orderBy: { id: 'asc' },
      take: WATCHED_AT_ONCE,
    });
    yield* page;
    if (page.length < WATCHED_AT_ONCE) return;
    after = page.at(-1)!.id;
  }
}

export interface RegrownSession {
  id: string;
  label: string;
  startedAt: Date;
}

/** Sessions that began after the access was closed. What the decision point is told by callers it refuses is no access. */
export const sessionsSince = (identityId: string, since: Date): Promise<RegrownSession[]> =>
  prisma().session.findMany({
    where: { identityId, startedAt: { gt: since }, observedBy: { not: 'declared' } },
    select: { id: true, label: true, startedAt: true },
    orderBy: { startedAt: 'asc' },
    take: 20,
  });
