'use client';

import { Button, Text } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import Link from 'next/link';
import { useState } from 'react';
import classes from '@/components/findings/findings.module.css';
import { useMay } from '@/components/shell/operator-context';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import { When } from '@/components/ui/when';
import type { ExpectedRow, ForgetExpected as Forget } from '@/lib/findings/expected-model';
import { DETECTORS } from '@/lib/findings/model';
import type { ActionResult } from '@/lib/http/model';

export type ForgetExpected = (input: Forget) => Promise<ActionResult<{ ok: true }>>;

interface ExpectedListProps {
  identityId: string;
  rows: ExpectedRow[];
  forget: ForgetExpected;
}

const REASONS = { no_longer: 'It is no longer expected', mistake: 'It was closed as benign by mistake' };
const nameOf = (row: ExpectedRow): string => DETECTORS[row.detector as keyof typeof DETECTORS] ?? row.detector;

/** What analysts said is expected of this identity when they closed a finding as benign; each can be taken back. */
export function ExpectedList({ identityId, rows, forget }: ExpectedListProps) {
  const [going, setGoing] = useState<ExpectedRow>();
  const may = useMay('finding.write');
  const client = useQueryClient();
  if (rows.length === 0) return null;
  return (
    <section className={classes.expected}>
      <h3>Said to be expected</h3>
      <ul>
        {rows.map((row) => (
          <li key={row.id}>
            <div>
              <Link href={`/findings/${row.findingId}`}>{nameOf(row)}</Link> from{' '}
              <span className={classes.code}>{row.networks.join(', ')}</span> with{' '}
              <span className={classes.code}>{row.agents.join(', ')}</span>
              <Text size="xs" c="dimmed">
                {row.byName}: {row.reason} · <When at={row.at} /> · holds until <When at={row.until} show="absolute" />
              </Text>
            </div>
            {may ? (
              <Button size="compact-xs" onClick={() => setGoing(row)}>
                Tell it again…
              </Button>
            ) : null}
          </li>
        ))}
      </ul>
      <ConfirmDialog
        opened={going !== undefined}
        onClose={() => setGoing(undefined)}
        title="Tell it again"
        confirm="Tell it again"
        reasons={REASONS}
        onConfirm={async ({ reasonCode, reason }) => {
          const words = [reasonCode, reason].filter(Boolean).join(': ').slice(0, 2000);
          const result = await forget({ id: identityId, expectedId: going?.id ?? '', reason: words });
          if (!result.error) void client.invalidateQueries({ queryKey: ['api'] });
          return result;
        }}
      >
        The next time the same is seen from there, it is a finding again.
      </ConfirmDialog>
    </section>
  );
}
