import { setTimeout as sleep } from 'node:timers/promises';
import type { z } from 'zod';
import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { ableTo } from '@/lib/connectors/able-to';
import type { Hit } from '@/lib/connectors/model';
import { open } from '@/lib/connectors/open';
import { toBraidError } from '@/lib/platform/errors';
import type { Hits, hitsQuerySchema } from '@/lib/revocations/bulk-model';
import { systemsOf } from '@/lib/revocations/store';

/** A system that has not answered by then is told as one that could not be asked. */
const PATIENCE_MS = 2_500;
const MOST = 100;

interface Asked {
  connectorId: string;
  name: string;
  externalIds: string[];
}

/** null: this system can't be asked at all, what its connector declares is all there is. */
async function ask({ connectorId, externalIds }: Asked): Promise<Hit[] | null> {
  const { connection } = await open(connectorId);
  if (!connection.predict) return null;
  const all = await Promise.all(externalIds.map((externalId) => ableTo(connection, 'predict').predict(externalId)));
  return all.flat().slice(0, MOST);
}

async function answerOf(asked: Asked): Promise<Hits['systems']> {
  const { connectorId, name } = asked;
  const timer = new AbortController();
  const late = sleep(PATIENCE_MS, 'late' as const, { signal: timer.signal }).catch(() => 'late' as const);
  try {
    const hits = await Promise.race([ask(asked), late]);
    if (hits === null) return [{ connectorId, name, hits: [], why: null, mute: true }];
    if (hits === 'late')
      return [{ connectorId, name, hits: [], why: `it did not answer within ${PATIENCE_MS / 1000} s` }];
    return [{ connectorId, name, hits, why: null }];
  } catch (error) {
    return [{ connectorId, name, hits: [], why: toBraidError(error).publicMessage.slice(0, 300) }];
  } finally {
    timer.abort();
  }
}

/**
 * What the systems themselves say would be hit beside these identities: bounded in time, and nothing waits for it. A system that
 * could not be asked is told as such.
 */
export async function predictHits(ctx: Ctx, query: z.output<typeof hitsQuerySchema>): Promise<Hits> {
  authorise(ctx, 'console.read');
  const asked = new Map<string, Asked>();
  for (const identityId of query.identityIds) {
    const { named, connectors } = await systemsOf(identityId);
    for (const { id, name, state } of connectors) {
      if (state !== 'enabled') continue;
      const externalIds = named.filter((one) => one.connectorId === id).map((one) => one.externalId);
      const known = asked.get(id) ?? { connectorId: id, name, externalIds: [] };
      asked.set(id, { ...known, externalIds: [...known.externalIds, ...externalIds] });
    }
  }
  return { systems: (await Promise.all([...asked.values()].map(answerOf))).flat() };
}
