import type { Tx } from '@/lib/db/transaction';
import type { RevocationKind } from '@/lib/revocations/model';

/** What a drill of this system has taken of it and not given back. */
export const drillOf = (tx: Tx, identityId: string, connectorId: string): Promise<{ id: string } | null> =>
  tx.revocation.findFirst({
    where: { identityId, kind: 'revoke', drill: true, undoneBy: null, steps: { some: { connectorId } } },
    orderBy: { id: 'desc' },
    select: { id: true },
  });

/** What a drill of this system did to it before: undone by a later part of it. */
export const undoDrill = (tx: Tx, identityId: string, connectorId: string, kinds: RevocationKind[], by: string) =>
  tx.revocation.updateMany({
    where: {
      identityId,
      kind: { in: kinds },
      drill: true,
      undoneBy: null,
      id: { not: by },
      steps: { some: { connectorId } },
    },
    data: { undoneBy: by },
  });
