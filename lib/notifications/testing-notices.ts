// For tests only: an identity to tell of, a channel to tell, and the passes of the worker by hand.
import type { Ctx } from '@/lib/access/model';
import { transaction } from '@/lib/db/transaction';
import { create } from '@/lib/findings/create';
import { createChannel } from '@/lib/notifications/create-channel';
import { deliver } from '@/lib/notifications/deliver';
import type { ChannelKind } from '@/lib/notifications/kinds-model';
import { routeNotices } from '@/lib/notifications/route-notices';
import { clock } from '@/lib/platform/clock';
import { newId } from '@/lib/platform/ids';

export const admin: Ctx = { actor: { kind: 'operator', id: newId(), name: 'Ada Admin', role: 'admin' } };

export async function identity(name: string, more: { owner?: string; environment?: string; workflow?: string } = {}) {
  const id = newId();
  const { workflow, ...columns } = more;
  await transaction((tx) =>
    tx.identity.create({
      data: {
        id,
        name,
        externalId: name,
        kind: 'service_account',
        ...columns,
        ...(workflow ? { memberships: { create: { workflow: { create: { id: newId(), name: workflow } } } } } : {}),
      },
    }),
  );
  return id;
}

export const finding = (identityId: string, title: string, severity: 'low' | 'medium' | 'high' | 'critical' = 'high') =>
  create(admin, { identityId, severity, title, summary: `${title}, which nobody ordered` });

export const channel = (kind: ChannelKind, name: string, values: Record<string, string>) =>
  createChannel(admin, { kind, name, values: { ownNetwork: 'yes', ...values } });

/** What the worker does when its jobs run. */
export async function pass(channelId: string): Promise<void> {
  await routeNotices();
  await deliver(channelId);
}

/** Lets time pass, for the process's clock alone. */
export function forward(ms: number): void {
  const at = clock.ms() + ms;
  const from = performance.now();
  clock.set(() => Math.round(at + performance.now() - from));
}

export const deliveries = (channelId: string) =>
  transaction((tx) => tx.notificationDelivery.findMany({ where: { channelId }, orderBy: { id: 'asc' } }));
