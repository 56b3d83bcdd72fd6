import Link from 'next/link';
import { EmptyState } from '@/components/ui/empty-state';
import { PageHeader } from '@/components/ui/page-header';
import { Panel } from '@/components/ui/panel';

export default function NotFound() {
  return (
    <>
      <PageHeader title="There is nothing here" />
      <Panel>
        <EmptyState title="Nobody knows this name" actions={<Link href="/">To the overview</Link>}>
          What this address named does not exist, or no longer does.
        </EmptyState>
      </Panel>
    </>
  );
}
