import Link from 'next/link';
import { EmptyState } from '@/components/ui/empty-state';
import { PageHeader } from '@/components/ui/page-header';
import { Panel } from '@/components/ui/panel';

export default function NotFound() {
  return (
    <>
      <PageHeader title="There is nothing here" />
      <Panel>
        <EmptyState title="This address leads to nothing" actions={<Link href="/">To the overview</Link>}>
          It may be mistyped, or what it named was removed. Search by name or id with the field above.
        </EmptyState>
      </Panel>
    </>
  );
}
