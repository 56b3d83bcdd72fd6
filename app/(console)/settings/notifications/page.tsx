import type { Metadata } from 'next';
import {
  createChannel,
  createRoute,
  removeChannel,
  removeRoute,
  sendAgain,
  showChannel,
  testChannel,
  updateChannel,
  updateRoute,
} from '@/app/(console)/settings/notifications/actions';
import { ChannelList } from '@/components/notifications/channel-list';
import { DeliveryList } from '@/components/notifications/delivery-list';
import { currentOperator } from '@/lib/access/operator';
import { listChannels } from '@/lib/notifications/list-channels';
import { listDeliveries } from '@/lib/notifications/list-deliveries';
import { deliveryFilterSchema } from '@/lib/notifications/model';

export const metadata: Metadata = { title: 'Notifications' };

const actions = {
  createChannel,
  createRoute,
  removeChannel,
  removeRoute,
  sendAgain,
  showChannel,
  testChannel,
  updateChannel,
  updateRoute,
};

export default async function NotificationsPage({ searchParams }: { searchParams: Promise<Record<string, string>> }) {
  const ctx = await currentOperator();
  const query = deliveryFilterSchema.parse(await searchParams);
  const [channels, deliveries] = await Promise.all([listChannels(ctx), listDeliveries(ctx, query)]);
  return (
    <>
      <ChannelList initial={channels} actions={actions} />
      <DeliveryList initial={deliveries} channels={channels.items} sendAgain={sendAgain} />
    </>
  );
}
