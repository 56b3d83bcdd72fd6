import type { z } from 'zod';
import { BraidError } from '@/lib/platform/errors';
import type { requestInputSchema } from '@/lib/revocations/model';
import { type Looked, look } from '@/lib/revocations/preview';
import { sessionsById } from '@/lib/revocations/store';

type Asked = z.output<typeof requestInputSchema>;

/** Sessions grouped by identity, because a revocation belongs to one. */
async function targets(input: Asked): Promise<{ identityId: string; sessionIds: string[] }[]> {
  if (input.kind !== 'terminate') return [{ identityId: input.identityId, sessionIds: [] }];
  const sessions = await sessionsById([...new Set(input.sessionIds)]);
  if (!sessions.length) throw new BraidError('not_found', 'There is no such session.');
  const groups = new Map<string, string[]>();
  for (const session of sessions)
    groups.set(session.identityId, [...(groups.get(session.identityId) ?? []), session.id]);
  return [...groups].map(([identityId, sessionIds]) => ({ identityId, sessionIds }));
}

/** Reads what a request concerns, beside each other; locked later in this order. Throws `not_found`. */
export async function lookAtAll(input: Asked): Promise<Looked[]> {
  const all = await Promise.all(
    (await targets(input)).map(({ identityId, sessionIds }) => look(input.kind, identityId, sessionIds)),
  );
  return all.sort((a, b) => (a.identityId < b.identityId ? -1 : 1));
}

/** The part of it that lives in one system: all that a drill of that system touches. */
export function within(looked: Looked, connectorId: string): Looked {
  const sessions = looked.sessions.filter((one) => one.connectorId === connectorId);
  const ids = new Set(sessions.map((one) => one.id));
  return {
    ...looked,
    sessions,
    systems: looked.systems.filter((one) => one.connectorId === connectorId),
    radius: {
      ...looked.radius,
      sessions: looked.radius.sessions.filter((one) => ids.has(one.id)),
      sessionsTotal: sessions.length,
      systems: looked.radius.systems.filter((one) => one.connectorId === connectorId),
      cannotEnd: [],
    },
  };
}
