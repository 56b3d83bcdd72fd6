'use client';

import { ErrorState } from '@/components/ui/error-state';
import { Panel } from '@/components/ui/panel';

export default function ConsoleError({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) {
  return (
    <Panel>
      <ErrorState
        title="This page could not be shown"
        message="Something went wrong inside Braid. The log has the details."
        requestId={error.digest}
        retry={reset}
      />
    </Panel>
  );
}
