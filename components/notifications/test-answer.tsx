import classes from '@/components/notifications/notifications.module.css';
import type { Tested } from '@/lib/notifications/model';

/** What the receiver said to a test message. */
export function TestAnswer({ tested }: { tested: Tested }) {
  return (
    <div role="status" className={classes.said} data-tone={tested.ok ? 'green' : 'red'}>
      <strong>{tested.ok ? 'The receiver took the test message.' : 'The test message did not arrive.'}</strong>{' '}
      {tested.ok ? 'It answered after' : 'After'} {tested.millis} ms: {tested.answer}
    </div>
  );
}
