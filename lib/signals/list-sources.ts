import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { countsOfIn, listSourceRows, type StoredSource } from '@/lib/signals/in/store';
import { type SourceRow, sourceConfigSchema } from '@/lib/signals/model';

const NONE = { received: 0, acted: 0, refused: 0 };
const iso = (at: Date | null): string | null => at?.toISOString() ?? null;

const healthOf = ({ failures, lastReceivedAt, lastPolledAt }: StoredSource): SourceRow['health'] => {
  if (failures > 0) return 'failing';
  return lastReceivedAt || lastPolledAt ? 'ok' : 'unknown';
};

/** Every transmitter Braid receives from. */
export async function listSources(ctx: Ctx): Promise<{ items: SourceRow[]; nextCursor: null }> {
  authorise(ctx, 'console.read');
  const [rows, counts] = await Promise.all([listSourceRows(), countsOfIn()]);
  const items = rows.map((source): SourceRow => {
    const { id, name, issuer, audience, namespace, stateReason, lastError, createdBy } = source;
    return {
      id,
      name,
      issuer,
      audience,
      method: source.method as SourceRow['method'],
      namespace,
      acts: sourceConfigSchema.parse(source.config).acts,
      state: source.state as SourceRow['state'],
      stateReason,
      health: healthOf(source),
      failingSince: iso(source.failingSince),
      lastError,
      lastPolledAt: iso(source.lastPolledAt),
      lastReceivedAt: iso(source.lastReceivedAt),
      verifyAskedAt: iso(source.verifyAskedAt),
      verifiedAt: iso(source.verifiedAt),
      ...(counts.get(id) ?? NONE),
      createdAt: source.createdAt.toISOString(),
      createdBy,
    };
  });
  return { items, nextCursor: null };
}
