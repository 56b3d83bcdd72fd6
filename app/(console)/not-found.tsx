import Link from 'next/link';
import { EmptyState } from '@/components/ui/empty-state';
import { Panel } from '@/components/ui/panel';

export default function NotFound() {
  return (
    <Panel>
      <EmptyState title="There is nothing here" actions={<Link href="/">To the overview</Link>}>
        What this address named does not exist, or no longer does.
      </EmptyState>
    </Panel>
  );
}
