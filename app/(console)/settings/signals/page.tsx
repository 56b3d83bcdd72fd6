import type { Metadata } from 'next';
import {
  addReceiver,
  addSource,
  changeReceiver,
  changeSource,
  removeReceiver,
  removeSource,
  rotateKey,
  setStatus,
  verifySource,
  verifyStream,
} from '@/app/(console)/settings/signals/actions';
import { ReceivedList } from '@/components/signals/received-list';
import { SignalSettings } from '@/components/signals/signal-settings';
import { currentOperator } from '@/lib/access/operator';
import { listReceived } from '@/lib/signals/list-received';
import { listReceivers } from '@/lib/signals/list-receivers';
import { listSources } from '@/lib/signals/list-sources';
import { receivedFilterSchema } from '@/lib/signals/model';

export const metadata: Metadata = { title: 'Shared signals' };

const actions = {
  addReceiver,
  addSource,
  changeReceiver,
  changeSource,
  removeReceiver,
  removeSource,
  rotateKey,
  setStatus,
  verifySource,
  verifyStream,
};

export default async function SignalsPage({ searchParams }: { searchParams: Promise<Record<string, string>> }) {
  const ctx = await currentOperator();
  const query = receivedFilterSchema.parse(await searchParams);
  const [receivers, sources, received] = await Promise.all([
    listReceivers(ctx),
    listSources(ctx),
    listReceived(ctx, query),
  ]);
  return (
    <>
      <SignalSettings receivers={receivers} sources={sources} actions={actions} />
      <ReceivedList initial={received} sources={sources.items} />
    </>
  );
}
