import { SystemSaid } from '@/components/ui/system-card';
import type { Tested } from '@/lib/notifications/model';

/** What the receiver said to a test message. */
export function TestAnswer({ tested }: { tested: Tested }) {
  return (
    <SystemSaid live tone={tested.ok ? 'green' : 'red'}>
      <strong>{tested.ok ? 'The receiver took the test message.' : 'The test message did not arrive.'}</strong>{' '}
      {tested.ok ? 'It answered after' : 'After'} {tested.millis} ms: {tested.answer}
    </SystemSaid>
  );
}
