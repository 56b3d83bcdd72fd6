'use client';

import { Button, Group } from '@mantine/core';
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
import { When } from '@/components/ui/when';
import type { Capabilities, ConnectorActions, ConnectorRow, Tested } from '@/lib/connectors/model';
import type { DrillActions, ScheduleRow } from '@/lib/drills/model';
import type { SystemTimes } from '@/lib/revocations/times/model';

function Numbers({ row }: { row: ConnectorRow }) {
  return (
    <dl className={classes.numbers}>
      <div>
        <dt>Live sessions</dt>
        <dd>
          <Link href={`/sessions?connectorId=${row.id}&live=true`}>{row.liveSessions}</Link>
        </dd>
      </div>
      <div>
        <dt>Sessions seen</dt>
        <dd>
          <Link href={`/sessions?connectorId=${row.id}`}>{row.sessionCount}</Link>
        </dd>
      </div>
      <div>
        <dt>Identities</dt>
        <dd>
          <Link href={`/identities?source=${row.vendor}`}>{row.identityCount}</Link>
        </dd>
      </div>
      <div>
        <dt>Protected</dt>
        <dd>{row.protectedCount}</dd>
      </div>
      <div>
        <dt>Last look at identities</dt>
        <dd data-small>
          <When at={row.lastSyncAt} never="not yet" />
        </dd>
      </div>
      <div>
        <dt>Last change of sessions</dt>
        <dd data-small>
          <When at={row.lastEventAt} never="none yet" />
        </dd>
      </div>
    </dl>
  );
}

interface ConnectorCardProps {
  row: ConnectorRow;
  capabilities: Capabilities | undefined;
  actions: ConnectorActions;
  may: boolean;
  onEdit: () => void;
  times: SystemTimes | undefined;
  schedule: ScheduleRow | undefined;
  drills: DrillActions;
  /** Draws what it can do at once, without a click. */
  open: boolean;
}

/** One connected system: is it well, what has it shown, what can be done with it. */
export function ConnectorCard(props: ConnectorCardProps) {
  const { row, capabilities, actions, may, onEdit, times, schedule, drills, open } = props;
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
      <div className={classes.head}>
        <div>
          <h2 className={classes.name}>
            {row.name} <StateBadge state={enabled ? row.health : 'disabled'} />
          </h2>
          <div className={classes.target}>
            {row.title} · {row.target} · <Link href={`/guides/connectors/${row.vendor}`}>guide</Link>
          </div>
        </div>
        {may ? (
          <Group gap="xs">
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
              <Button size="xs" onClick={() => setAsking('disable')}>
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
            <Button size="xs" color="red" variant="outline" onClick={() => setAsking('remove')}>
              Remove…
            </Button>
          </Group>
        ) : null}
      </div>
      {enabled && row.healthDetail ? (
        <div className={classes.detail} data-tone={row.health === 'failing' ? 'red' : undefined}>
          {row.healthDetail}
        </div>
      ) : null}
      <Numbers row={row} />
      <ConnectorPulls row={row} />
      {tested ? (
        <div className={classes.detail} data-tone={tested.ok ? undefined : 'red'}>
          <TestResult tested={tested} />
        </div>
      ) : null}
      {times ? <ConnectorTimes times={times} /> : null}
      {enabled && capabilities && capabilities.revokeAll !== 'none' ? (
        <DrillPanel
          connectorId={row.id}
          name={row.name}
          schedule={schedule}
          actions={drills}
          onSettings={may ? onEdit : undefined}
        />
      ) : null}
      {capabilities ? (
        <details className={classes.details} open={open}>
          <summary>What it can do, and its known gaps</summary>
          <Able capabilities={capabilities} />
        </details>
      ) : null}
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
