// For tests only: identities of the simulator that are rotated.
import { setTimeout as sleep } from 'node:timers/promises';
import { create } from '@/lib/connectors/create';
import type { GapId } from '@/lib/connectors/gap-model';
import { open } from '@/lib/connectors/open';
import { pullIdentities, pullSessions } from '@/lib/connectors/pull';
import { type World, worldOf } from '@/lib/connectors/simulator/world';
import { list } from '@/lib/identities/list';
import { newId } from '@/lib/platform/ids';
import { listSecrets } from '@/lib/revocations/list-secrets';
import { request } from '@/lib/revocations/request';
import { show } from '@/lib/revocations/show';
import { sweep } from '@/lib/revocations/sweep';

export const operator = (role: 'admin' | 'responder') => ({
  actor: { kind: 'operator' as const, id: newId(), name: `Rae the ${role}`, role },
});
export const ctx = operator('admin');
export const why = { reasonCode: 'suspected_theft' as const, reason: 'its secret was in a log' };

interface Subject {
  identityId: string;
  connectorId: string;
  name: string;
  world: World;
}

export async function subjectWith(gaps: GapId[] = []): Promise<Subject> {
  const name = `rotated_${newId().slice(-10)}`;
  const { id } = await create(ctx, {
    vendor: 'simulator',
    name,
    values: { world: name, identities: `${name}:2`, gaps: gaps.join(','), linkByName: 'false' },
  });
  const opened = await open(id);
  await pullIdentities(opened);
  await pullSessions(opened);
  const { items } = await list(ctx, { q: name });
  const world = worldOf(name, () => {
    throw new Error('the world has not been opened');
  });
  return { identityId: items[0]!.id, connectorId: id, name, world };
}

export const rotate = async (subject: Subject): Promise<string> =>
  (await request(ctx, { kind: 'rotate', identityId: subject.identityId, ...why })).revocationId;

export async function until(id: string, states: string[]): Promise<string> {
  const end = performance.now() + 60_000;
  for (;;) {
    await sweep();
    const { state } = await show(ctx, { id });
    if (states.includes(state) || performance.now() > end) return state;
    await sleep(50);
  }
}

export const only = async (id: string) => (await listSecrets(ctx, { id })).items[0]!;
