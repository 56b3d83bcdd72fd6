'use client';

import { Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useQueryClient } from '@tanstack/react-query';
import Link from 'next/link';
import { useState } from 'react';
import { Able } from '@/components/connectors/able';
import { ConnectorPulls } from '@/components/connectors/connector-pulls';
import { ConnectorTimes } from '@/components/connectors/connector-times';
import classes from '@/components/connectors/connectors.module.css';
import { DrillPanel } from '@/components/connectors/drill-panel';
import { TestResult } from '@/components/connectors/test-result';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import { Panel } from '@/components/ui/panel';
import { StateBadge } from '@/components/ui/state-badge';
import { SystemCardHead, SystemNumbers, SystemSaid } from '@/components/ui/system-card';
import { When } from '@/components/ui/when';
import type { ConnectorActions, ConnectorRow, Tested } from '@/lib/connectors/model';
import type { DrillActions, ScheduleRow } from '@/lib/drills/model';
import type { SystemTimes } from '@/lib/revocations/times/model';

function Numbers({ row }: { row: ConnectorRow }) {
  const of = (href: string, count: number) => <Link href={href}>{count}</Link>;
  return (
    <SystemNumbers
      numbers={[
        { term: 'Live sessions', value: of(`/sessions?connectorId=${row.id}&live=true`, row.liveSessions), lead: true },
        { term: 'Sessions seen', value: of(`/sessions?connectorId=${row.id}`, row.sessionCount), lead: true },
        { term: 'Identities', value: of(`/identities?connectorId=${row.id}`, row.identityCount), lead: true },
        {
          term: 'Protected',
          value: of(`/identities?connectorId=${row.id}&protected=true`, row.protectedCount),
          lead: true,
        },
        { term: 'Last look at identities', value: <When at={row.lastSyncAt} never="not yet" /> },
        { term: 'Last change of sessions', value: <When at={row.lastEventAt} never="none yet" /> },
      ]}
    />
  );
}

interface ConnectorCardProps {
  row: ConnectorRow;
  actions: ConnectorActions;
  may: boolean;
  onEdit: () => void;
  times: SystemTimes | undefined;
  schedule: ScheduleRow | undefined;
  drills: DrillActions;
  /** Draws what it can do at once, without a click. */
  open: boolean;
}

type Answer = { error?: { message: string } };

interface ButtonsProps extends Pick<ConnectorCardProps, 'row' | 'actions' | 'onEdit'> {
  busy: string | undefined;
  run: (what: string, work: () => Promise<Answer>, said?: string) => Promise<void>;
  test: () => Promise<Answer>;
  ask: (what: 'remove' | 'disable') => void;
}

function Buttons({ row, actions, busy, run, test, onEdit, ask }: ButtonsProps) {
  const enabled = row.state === 'enabled';
  return (
    <>
      {enabled ? (
        <Button
          size="xs"
          loading={busy === 'sync'}
          onClick={() => run('sync', () => actions.sync({ id: row.id }), `Looking at ${row.name} now.`)}
        >
          Sync now
        </Button>
      ) : null}
      <Button size="xs" loading={busy === 'test'} onClick={() => run('test', test)}>
        Test
      </Button>
      <Button size="xs" onClick={onEdit}>
        Settings
      </Button>
      {enabled ? (
        <Button size="xs" onClick={() => ask('disable')}>
          Disable…
        </Button>
      ) : (
        <Button
          size="xs"
          loading={busy === 'enable'}
          onClick={() => run('enable', () => actions.update({ id: row.id, state: 'enabled' }))}
        >
          Enable
        </Button>
      )}
      <Button size="xs" color="red" variant="outline" onClick={() => ask('remove')}>
        Remove…
      </Button>
    </>
  );
}

/** One connected system: is it well, what has it shown, what can be done with it. */
export function ConnectorCard(props: ConnectorCardProps) {
  const { row, actions, may, onEdit, times, schedule, drills, open } = props;
  const [asking, setAsking] = useState<'remove' | 'disable'>();
  const [tested, setTested] = useState<Tested>();
  const [busy, setBusy] = useState<string>();
  const client = useQueryClient();
  const enabled = row.state === 'enabled';
  const run = async (what: string, work: () => Promise<{ error?: { message: string } }>, said?: string) => {
    setBusy(what);
    const answer = await work();
    setBusy(undefined);
    void client.invalidateQueries({ queryKey: ['api', '/connectors'] });
    const message = answer.error?.message ?? said;
    if (message) notifications.show({ message, color: answer.error ? 'red' : undefined });
  };
  const test = async () => {
    const answer = await actions.test({ id: row.id });
    setTested(answer.data);
    return answer;
  };
  return (
    <Panel id={row.id}>
      <SystemCardHead
        name={
          <>
            {row.name} <StateBadge state={enabled ? row.health : 'disabled'} />
          </>
        }
        target={
          <>
            {row.title} · <span className="mono">{row.target}</span> ·{' '}
            <Link href={`/guides/connectors/${row.vendor}`}>guide</Link>
          </>
        }
        actions={
          may ? (
            <Buttons row={row} actions={actions} busy={busy} run={run} test={test} onEdit={onEdit} ask={setAsking} />
          ) : null
        }
      />
      {enabled && row.healthDetail ? (
        <SystemSaid tone={row.health === 'failing' ? 'red' : undefined}>{row.healthDetail}</SystemSaid>
      ) : null}
      <Numbers row={row} />
      <ConnectorPulls row={row} />
      {tested ? (
        <SystemSaid tone={tested.ok ? 'green' : 'red'}>
          <TestResult tested={tested} />
        </SystemSaid>
      ) : null}
      {times ? <ConnectorTimes times={times} /> : null}
      {enabled && row.capabilities.revokeAll !== 'none' ? (
        <DrillPanel
          connectorId={row.id}
          name={row.name}
          schedule={schedule}
          actions={drills}
          onSettings={may ? onEdit : undefined}
        />
      ) : null}
      <details className={classes.details} open={open}>
        <summary>What it can do, and its known gaps</summary>
        <Able capabilities={row.capabilities} />
      </details>
      <ConfirmDialog
        opened={asking !== undefined}
        onClose={() => setAsking(undefined)}
        title={asking === 'remove' ? `Remove ${row.name}` : `Disable ${row.name}`}
        confirm={asking === 'remove' ? 'Remove connector' : 'Disable connector'}
        reasons={{
          moved: 'The system has moved',
          retired: 'The system is retired',
          maintenance: 'Maintenance',
          mistake: 'Connected by mistake',
        }}
        onConfirm={async ({ reasonCode, reason }) => {
          const words = [reasonCode, reason].filter(Boolean).join(': ');
          const answer =
            asking === 'remove'
              ? await actions.remove({ id: row.id, reason: words })
              : await actions.update({ id: row.id, state: 'disabled', reason: words.slice(0, 500) });
          void client.invalidateQueries({ queryKey: ['api', '/connectors'] });
          return { error: answer.error };
        }}
      >
        Its {row.liveSessions} live sessions are no longer followed, and Braid can’t end access there any more:
        revocations of its {row.identityCount} identities become unverifiable.{' '}
        {asking === 'remove'
          ? 'Its credentials are forgotten; what it found stays.'
          : 'Everything stays as it is until it is enabled again.'}
      </ConfirmDialog>
    </Panel>
  );
}
