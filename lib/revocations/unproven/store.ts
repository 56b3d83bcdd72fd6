import { prisma } from '@/lib/db/client';

/** The newest that stands, is no drill and is not verified: of what closes the identity however old, of the rest since `since`. */
export const newestUnproven = (identityId: string, since: Date) =>
  prisma().revocation.findFirst({
    where: {
      identityId,
      undoneBy: null,
      drill: false,
      state: { not: 'verified' },
      OR: [
        { kind: { in: ['revoke', 'pause'] } },
        { kind: { in: ['terminate', 'rotate', 'consent'] }, requestedAt: { gte: since } },
      ],
    },
    orderBy: { id: 'desc' },
    include: { steps: { orderBy: { ordinal: 'asc' } } },
  });
