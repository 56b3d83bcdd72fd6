'use client';

import { Button } from '@mantine/core';
import { Door } from '@/components/shell/door';
import { useComesBack } from '@/components/ui/use-comes-back';

/** Shown when the frame of the pages could not be read: most often the database is away for a moment. */
export default function FrameError({ error }: { error: Error & { digest?: string } }) {
  useComesBack();
  return (
    <Door
      title="Braid can’t read its data just now"
      sub={
        <>
          Its database may be starting, or not be reachable. This page comes back by itself. If it stays away, run{' '}
          <code>npx braid doctor</code> on the server; the log has the details
          {error.digest ? ` (${error.digest})` : ''}.
        </>
      }
    >
      <Button onClick={() => window.location.reload()}>Try again now</Button>
    </Door>
  );
}
