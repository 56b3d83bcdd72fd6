'use client';

import { Button, CopyButton, Group, Text } from '@mantine/core';
import Link from 'next/link';
import { useState } from 'react';
import classes from '@/components/overview/overview.module.css';
import { useMay } from '@/components/shell/operator-context';
import type { ActionError } from '@/lib/http/model';
import { firstQuestionCurl } from '@/lib/overview/first-question-format';

interface Started {
  token: string;
  /** The example set, where it was applied with it. */
  applied: { name: string; version: number } | null;
}

export interface FirstDecision {
  pdpUrl: string;
  /** No policy set is active: every question would be denied. */
  policyMissing: boolean;
  startDecisions: (input: Record<never, never>) => Promise<{ data?: Started; error?: ActionError }>;
}

export function CurlDoor({ pdpUrl, policyMissing, startDecisions }: FirstDecision) {
  const [started, setStarted] = useState<Started>();
  const [error, setError] = useState<string>();
  const [busy, setBusy] = useState(false);
  const mayToken = useMay('token.manage');
  const mayPolicy = useMay('policy.manage');
  const start = async () => {
    setBusy(true);
    const result = await startDecisions({}).catch(() => ({
      data: undefined,
      error: { message: 'Braid could not be reached.' },
    }));
    setBusy(false);
    setStarted(result.data);
    setError(result.error?.message);
  };
  const curl = firstQuestionCurl(pdpUrl, started?.token ?? 'brd_…');
  return (
    <section className={classes.door}>
      <h2>Ask for a decision</h2>
      <p>
        Your services ask before they act. Paste this into a shell: the identity, its session and the decision appear
        here.
      </p>
      <pre className={classes.code}>{curl}</pre>
      {error ? (
        <Text size="sm" c="var(--b-red)" role="alert">
          {error}
        </Text>
      ) : null}
      {policyMissing && !started ? <PolicyMissing may={mayPolicy} /> : null}
      {started ? <Then applied={started.applied} /> : null}
      <Group gap="xs" className={classes.doorEnd}>
        {started ? (
          <CopyButton value={curl}>
            {({ copied, copy }) => (
              <Button onClick={copy} variant="filled" color="blue">
                {copied ? 'Copied' : 'Copy'}
              </Button>
            )}
          </CopyButton>
        ) : mayToken && (mayPolicy || !policyMissing) ? (
          <Button onClick={start} loading={busy} variant="filled" color="blue">
            {policyMissing ? 'Apply the example and make a token' : 'Make a token and show the command'}
          </Button>
        ) : (
          <p>An operator with the admin role can make a token.</p>
        )}
        {started ? (
          <Text size="xs" c="dimmed">
            The token is shown this once and ends in 30 days.
          </Text>
        ) : null}
      </Group>
    </section>
  );
}

/** Said before the click: what else it does, or why asking would be pointless now. */
const PolicyMissing = ({ may }: { may: boolean }) => (
  <Text size="sm" c="dimmed">
    {may
      ? 'No policy is active yet, so this also applies the example set payments (docs/examples/policies/payments): among its rules, at most 10 000 EUR a day for one account over all sessions.'
      : 'A policy is missing: until an operator with the admin role applies one, every question is denied.'}
  </Text>
);

/** What to expect of it, and how to see what Braid is for. */
const Then = ({ applied }: { applied: Started['applied'] }) => (
  <Text size="sm" c="dimmed">
    {applied ? (
      <>
        <Link href="/policies">
          {applied.name} version {applied.version}
        </Link>{' '}
        is active: this payment is allowed. Ask again as worker-2 and worker-3: each stays below 10 000, the third is
        denied because together they pass it.
      </>
    ) : (
      'The answer is what your active policies say.'
    )}
  </Text>
);
