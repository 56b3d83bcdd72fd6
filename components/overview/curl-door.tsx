'use client';

import { Button, CopyButton, Group, Text } from '@mantine/core';
import { useState } from 'react';
import classes from '@/components/overview/overview.module.css';
import { useMay } from '@/components/shell/operator-context';
import type { ActionError } from '@/lib/http/model';

export type StartDecisions = (
  input: Record<never, never>,
) => Promise<{ data?: { token: string }; error?: ActionError }>;

const QUESTION = {
  subject: { type: 'service_account', id: 'svc-payments' },
  action: { name: 'payment.create' },
  resource: { type: 'account', id: '4711' },
  context: { amount: 4000, braid: { session: { id: 'worker-1', region: 'eu-west-1' } } },
};

/** A question to the decision point that works as pasted (OpenID AuthZEN 1.0). */
const curl = (pdpUrl: string, token: string): string =>
  [
    `curl -sS ${pdpUrl}/access/v1/evaluation \\`,
    `  -H 'Authorization: Bearer ${token}' \\`,
    `  -H 'Content-Type: application/json' \\`,
    `  -d '${JSON.stringify(QUESTION)}'`,
  ].join('\n');

export function CurlDoor({ pdpUrl, startDecisions }: { pdpUrl: string; startDecisions: StartDecisions }) {
  const [token, setToken] = useState<string>();
  const [error, setError] = useState<string>();
  const [busy, setBusy] = useState(false);
  const may = useMay('token.manage');
  const start = async () => {
    setBusy(true);
    const result = await startDecisions({}).catch(() => ({
      data: undefined,
      error: { message: 'Braid could not be reached.' },
    }));
    setBusy(false);
    setToken(result.data?.token);
    setError(result.error?.message);
  };
  return (
    <section className={classes.door}>
      <h2>Ask for a decision</h2>
      <p>
        Your services ask before they act. Paste this into a shell: the identity, its session and the decision appear
        here.
      </p>
      <pre className={classes.code}>{curl(pdpUrl, token ?? 'brd_…')}</pre>
      {error ? (
        <Text size="sm" c="var(--b-red)" role="alert">
          {error}
        </Text>
      ) : null}
      <Group gap="xs" className={classes.doorEnd}>
        {token ? (
          <CopyButton value={curl(pdpUrl, token)}>
            {({ copied, copy }) => (
              <Button onClick={copy} variant="filled" color="blue">
                {copied ? 'Copied' : 'Copy'}
              </Button>
            )}
          </CopyButton>
        ) : may ? (
          <Button onClick={start} loading={busy} variant="filled" color="blue">
            Make a token and show the command
          </Button>
        ) : (
          <p>An operator with the admin role can make a token.</p>
        )}
        {token ? (
          <Text size="xs" c="dimmed">
            The token is shown this once and ends in 30 days.
          </Text>
        ) : null}
      </Group>
    </section>
  );
}
