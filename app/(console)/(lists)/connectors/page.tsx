import type { Metadata } from 'next';
import {
  createConnector,
  removeConnector,
  scheduleDrills,
  showConnector,
  startDrill,
  syncConnector,
  testConnector,
  updateConnector,
} from '@/app/(console)/connectors/actions';
import { ConnectorList } from '@/components/connectors/connector-list';
import { currentOperator } from '@/lib/access/operator';
import { list } from '@/lib/connectors/list';
import { vendors } from '@/lib/connectors/vendors';
import { times } from '@/lib/revocations/times';

export const metadata: Metadata = { title: 'Connectors' };

const actions = {
  create: createConnector,
  update: updateConnector,
  remove: removeConnector,
  test: testConnector,
  sync: syncConnector,
  show: showConnector,
};
const drills = { start: startDrill, schedule: scheduleDrills };

export default async function ConnectorsPage({ searchParams }: { searchParams: Promise<Record<string, string>> }) {
  const ctx = await currentOperator();
  const [initial, offered, measured, { connect }] = await Promise.all([
    list(ctx),
    vendors(ctx),
    times(ctx),
    searchParams,
  ]);
  return (
    <ConnectorList
      initial={initial}
      vendors={offered}
      actions={actions}
      connect={connect ?? null}
      drills={drills}
      times={measured}
    />
  );
}
