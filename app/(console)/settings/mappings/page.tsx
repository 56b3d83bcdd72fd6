import type { Metadata } from 'next';
import { retireMapping, saveMapping, tryMapping } from '@/app/(console)/settings/mappings/actions';
import { MappingPage } from '@/components/mappings/mapping-page';
import { currentOperator } from '@/lib/access/operator';
import { list } from '@/lib/mappings/list';
import { env } from '@/lib/platform/env';

export const metadata: Metadata = { title: 'Mappings' };

export default async function MappingsPage() {
  const ctx = await currentOperator();
  const initial = await list(ctx, {});
  const actions = { save: saveMapping, retire: retireMapping, tryOut: tryMapping };
  return <MappingPage initial={initial} actions={actions} pdp={env().BRAID_PDP_URL} />;
}
