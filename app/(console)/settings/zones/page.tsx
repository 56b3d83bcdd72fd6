import type { Metadata } from 'next';
import { createZone, removeZone, updateZone } from '@/app/(console)/settings/zones/actions';
import { ZonePage } from '@/components/zones/zone-page';
import { currentOperator } from '@/lib/access/operator';
import { list } from '@/lib/zones/list';

export const metadata: Metadata = { title: 'Zones' };

export default async function ZonesPage() {
  const ctx = await currentOperator();
  const actions = { create: createZone, update: updateZone, remove: removeZone };
  return <ZonePage initial={await list(ctx)} actions={actions} />;
}
