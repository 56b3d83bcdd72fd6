import { prisma } from '@/lib/db/client';

/** Where several revocations stand, in no order. */
export const standingOf = (ids: string[]) =>
  prisma().revocation.findMany({
    where: { id: { in: ids } },
    select: { id: true, identityId: true, state: true, requestedAt: true, verifiedAt: true, endedAgainAt: true },
  });
