'use client';

import { Button, Grid, SimpleGrid, Stack } from '@mantine/core';
import Link from 'next/link';
import { useBulkDialog } from '@/components/revocations/dialog-host';
import { RunParts } from '@/components/runs/run-parts';
import { RunTimeline } from '@/components/runs/run-timeline';
import { runSentence } from '@/components/runs/run-words';
import classes from '@/components/sessions/sessions.module.css';
import { useMay } from '@/components/shell/operator-context';
import { Badge } from '@/components/ui/badge';
import { Identifier } from '@/components/ui/identifier';
import { PageHeader } from '@/components/ui/page-header';
import { Panel } from '@/components/ui/panel';
import { Stat } from '@/components/ui/stat';
import { StateBadge } from '@/components/ui/state-badge';
import { useApi } from '@/components/ui/use-api';
import { When } from '@/components/ui/when';
import { plural } from '@/lib/exposures/format';
import type { Page } from '@/lib/http/model';
import type { RevocationActions } from '@/lib/revocations/actions-model';
import type { Run, RunMoment } from '@/lib/sessions/run-model';

interface RunPageProps {
  initial: Run;
  events: Page<RunMoment>;
  actions: RevocationActions;
}

/** One run over several tools and systems, as one: its parts, what they did in one order of time, and its end in one act. */
export function RunPage({ initial, events, actions }: RunPageProps) {
  const path = `/runs/${encodeURIComponent(initial.run)}`;
  const { data: run = initial } = useApi<Run>(path, { limit: '1' }, { initialData: initial });
  return (
    <>
      <PageHeader
        title={runSentence(run)}
        sub={
          <span className={classes.badges}>
            <StateBadge state={run.live ? 'live' : 'ended'} />
            {run.widened.length > 0 ? (
              <Badge
                tone="amber"
                title="A part may do more than what it stems from: what is delegated may narrow only."
              >
                scope widened
              </Badge>
            ) : null}
            <Identifier value={run.run} max={60} />
          </span>
        }
        actions={<EndRun run={run} actions={actions} />}
      />
      <SimpleGrid cols={{ base: 2, md: 4 }} spacing="md" mb="md">
        <Stat label="Began" value={<When at={run.startedAt} />} sub="with its earliest part" />
        <Stat label="Last sign" value={<When at={run.lastEventAt} />} sub="of any part" />
        <Stat
          label="Sessions"
          value={run.partsTotal}
          sub={`${run.liveTotal} live`}
          href={`/sessions?run=${encodeURIComponent(run.run)}`}
        />
        <Stat label="Events" value={run.events} sub={`${run.tools.length} ${plural(run.tools.length, 'tool')} used`} />
      </SimpleGrid>
      <Grid gap="md">
        <Grid.Col span={{ base: 12, lg: 8 }}>
          <Stack gap="md">
            <RunParts run={run} />
            <RunTimeline path={`${path}/events`} run={run} initial={events} />
          </Stack>
        </Grid.Col>
        <Grid.Col span={{ base: 12, lg: 4 }}>
          <Stack gap="md">
            <Widened run={run} />
            <Who run={run} />
            <Tools run={run} />
          </Stack>
        </Grid.Col>
      </Grid>
    </>
  );
}

function EndRun({ run, actions }: { run: Run; actions: RevocationActions }) {
  const may = useMay('session.terminate');
  const openMany = useBulkDialog();
  const n = run.liveParts.length;
  if (!may || n === 0) return null;
  const all = run.liveTotal > n ? `the newest ${n} of ${run.liveTotal} sessions` : `all ${n} ${plural(n, 'session')}`;
  return (
    <Button
      color="red"
      variant="outline"
      onClick={() =>
        openMany({
          actions,
          subject: { kind: 'terminate', sessionIds: run.liveParts },
          name: `${all} of the run`,
        })
      }
    >
      End the run…
    </Button>
  );
}

function Widened({ run }: { run: Run }) {
  if (run.widened.length === 0) return null;
  const labels = new Map(run.parts.map((part) => [part.id, part.label]));
  return (
    <Panel title="Scopes that grew" note="beyond what they stem from">
      <ul className={classes.plain}>
        {run.widened.map(({ sessionId, scopes }) => (
          <li key={sessionId}>
            <Link href={`/sessions/${sessionId}`}>{labels.get(sessionId) ?? 'a session'}</Link>
            <span className={`${classes.mono} ${classes.sub}`}>{scopes.join(' ')}</span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

const Who = ({ run }: { run: Run }) => (
  <Panel title="Who acts in it">
    <ul className={classes.plain}>
      {run.identities.map((one) => (
        <li key={one.id}>
          <Link href={`/identities/${one.id}`}>{one.name}</Link>{' '}
          <span className={classes.unknown}>{one.kind.replaceAll('_', ' ')}</span>
        </li>
      ))}
    </ul>
    <p className={classes.why}>
      {run.principals.length > 0 ? `On behalf of ${run.principals.join(', ')}.` : 'Nobody tells on whose behalf.'}
    </p>
  </Panel>
);

const Tools = ({ run }: { run: Run }) => (
  <Panel title="Tools it used">
    {run.tools.length === 0 ? (
      <p className={classes.unknown}>No event of it names a tool.</p>
    ) : (
      <ul className={classes.plain}>
        {run.tools.map(({ server, tool, calls }) => (
          <li key={`${server} ${tool}`}>
            <span className={classes.mono}>{tool}</span>{' '}
            <span className={classes.unknown}>
              {server ? `of ${server}, ` : ''}
              {calls} {plural(calls, 'call')}
            </span>
          </li>
        ))}
      </ul>
    )}
  </Panel>
);
