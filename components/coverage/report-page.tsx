'use client';

import { Alert, Button, Grid, Group, Stack } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { BlindPanel, pointsThatCannotAsk } from '@/components/allotments/blind-panel';
import { CoveragePanels } from '@/components/coverage/coverage-panels';
import { RowsPanel } from '@/components/coverage/rows-panel';
import { Definitions, SidePanels } from '@/components/coverage/side-panels';
import { useMay } from '@/components/shell/operator-context';
import { EmptyState } from '@/components/ui/empty-state';
import { PageHeader } from '@/components/ui/page-header';
import { Panel } from '@/components/ui/panel';
import { When } from '@/components/ui/when';
import type { BlindReport } from '@/lib/allotments/model';
import { headline, splitSentence } from '@/lib/coverage/format';
import type { Snapshot } from '@/lib/coverage/model';
import { plural } from '@/lib/exposures/format';
import type { ActionError } from '@/lib/http/model';

export type TakeAction = (input: Record<never, never>) => Promise<{ data?: { id: string }; error?: ActionError }>;

const file = (id: string, format: string): string => `/api/v1/reports/weekly?format=${format}&snapshot=${id}`;

interface ReportPageProps {
  snapshot: Snapshot | null;
  /** Service accounts that came up since it. */
  since: number;
  /** Of the seven days before the snapshot. */
  blind: BlindReport;
  take: TakeAction;
}

/** The weekly report of one stored snapshot: the sentence first, then what it rests on. */
export function ReportPage({ snapshot, since, blind, take }: ReportPageProps) {
  if (!snapshot)
    return (
      <>
        <PageHeader title="No snapshot of coverage was taken yet." sub="One is taken every Monday at 06:00 UTC." />
        <Panel>
          <EmptyState title="What can you see, and what could you end?" actions={<TakeButton take={take} primary />}>
            A snapshot judges every service account by six tests: owner, purpose, credentials, last use, live sessions
            and a proven revocation path.
          </EmptyState>
        </Panel>
      </>
    );
  const wide = pointsThatCannotAsk(blind).length > 0;
  return (
    <>
      <PageHeader
        title={headline(snapshot)}
        sub={
          <>
            {splitSentence(snapshot.totals.decisions)} Week of {snapshot.weekOf}, taken <When at={snapshot.takenAt} />{' '}
            by {snapshot.takenBy}.
          </>
        }
        actions={
          <Group gap="xs">
            {['pdf', 'csv', 'json'].map((format) => (
              <Button key={format} component="a" href={file(snapshot.id, format)} download>
                {format.toUpperCase()}
              </Button>
            ))}
            <TakeButton take={take} />
          </Group>
        }
      />
      {since > 0 ? (
        <Alert color="yellow" mb="md">
          {plural(since, 'One service account has', `${since} service accounts have`)} come up since and{' '}
          {plural(since, 'is', 'are')} in none of these figures: the next snapshot judges {plural(since, 'it', 'them')}.
        </Alert>
      ) : null}
      <Grid gap="md">
        <Grid.Col span={{ base: 12, lg: 8 }}>
          <Stack gap="md">
            <CoveragePanels snapshot={snapshot} />
          </Stack>
        </Grid.Col>
        <Grid.Col span={{ base: 12, lg: 4 }}>
          <Stack gap="md">
            <SidePanels snapshot={snapshot} />
            {wide ? null : <BlindPanel report={blind} />}
          </Stack>
        </Grid.Col>
        {wide ? (
          <Grid.Col span={12}>
            <BlindPanel report={blind} />
          </Grid.Col>
        ) : null}
        <Grid.Col span={12}>
          <RowsPanel rows={snapshot.rows} />
        </Grid.Col>
        <Grid.Col span={12}>
          <Definitions />
        </Grid.Col>
      </Grid>
    </>
  );
}

function TakeButton({ take, primary = false }: { take: TakeAction; primary?: boolean }) {
  const [busy, setBusy] = useState(false);
  const router = useRouter();
  if (!useMay('report.take')) return null;
  const run = async () => {
    setBusy(true);
    const { error } = await take({}).catch(() => ({ error: { message: 'Braid could not be reached.' } }));
    setBusy(false);
    if (error) return notifications.show({ color: 'red', message: error.message });
    router.replace('/reports/weekly');
    router.refresh();
  };
  return (
    <Button onClick={run} loading={busy} {...(primary ? { variant: 'filled', color: 'blue' } : {})}>
      Take a snapshot now
    </Button>
  );
}
