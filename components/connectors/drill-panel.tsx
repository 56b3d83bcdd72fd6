'use client';

import { Button, Group, NativeSelect } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useQueryClient } from '@tanstack/react-query';
import Link from 'next/link';
import { useState } from 'react';
import classes from '@/components/connectors/connectors.module.css';
import { useMay } from '@/components/shell/operator-context';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import { duration } from '@/components/ui/dates';
import { StateBadge } from '@/components/ui/state-badge';
import { useApi } from '@/components/ui/use-api';
import { When } from '@/components/ui/when';
import type { DrillActions, DrillPreview, DrillRow, Every, ScheduleRow } from '@/lib/drills/model';
import type { Page } from '@/lib/http/model';

const EVERY: { value: Every; label: string }[] = [
  { value: 'off', label: 'Not by itself' },
  { value: 'daily', label: 'Every day' },
  { value: 'weekly', label: 'Every week' },
];

const ms = (value: number | null): string => (value === null ? 'never' : `after ${duration(value)}`);

function Result({ drill }: { drill: DrillRow }) {
  const measured = drill.clickedAt !== null && drill.state !== 'broken';
  return (
    <li className={classes.drill}>
      <StateBadge state={drill.state} /> <When at={drill.startedAt} />
      {drill.asked === 'schedule' ? ' · scheduled' : ` · ${drill.actorName}`}
      {measured ? (
        <>
          : new entry refused {ms(drill.refusedMs)}
          {drill.method === 'entry' ? `, open session dead ${ms(drill.deadMs)}` : ''}, verified {ms(drill.verifiedMs)}
          {drill.method === 'entry' ? '' : ' (as the system says: no credential of the canary is held)'}
        </>
      ) : null}
      {drill.detail ? <div>{drill.detail}</div> : null}
      {drill.revocationId ? (
        <>
          {' '}
          <Link href={`/revocations/${drill.revocationId}`}>Steps</Link>
        </>
      ) : null}
    </li>
  );
}

function What({ would }: { would: DrillPreview }) {
  if (would.refused) return <p>{would.refused}</p>;
  return (
    <p>
      The access of the canary <span className="mono">{would.canary}</span> is ended in {would.systems.join(', ')} as
      that of any identity would be, {would.sessions === 1 ? 'one live session' : `${would.sessions} live sessions`}{' '}
      with it, and given back when it is over.{' '}
      {would.method === 'entry'
        ? 'Braid opens a session as the canary and tries it until it is dead.'
        : 'Braid holds no credential of it: only what the system says of itself is measured.'}
    </p>
  );
}

interface DrillPanelProps {
  connectorId: string;
  name: string;
  schedule: ScheduleRow | undefined;
  actions: DrillActions;
}

/** Whether ending access works here, tried on a canary: by hand, on a schedule, and what was measured. */
export function DrillPanel({ connectorId, name, schedule, actions }: DrillPanelProps) {
  const [asking, setAsking] = useState(false);
  const mayDrill = useMay('identity.revoke');
  const mayPlan = useMay('connector.manage');
  const client = useQueryClient();
  const drills = useApi<Page<DrillRow>>('/drills', { connectorId, limit: '5' }, { everyMs: asking ? 1_000 : 5_000 });
  const would = useApi<DrillPreview>('/drills/preview', { connectorId }, { enabled: asking, everyMs: false });
  const again = () => client.invalidateQueries({ queryKey: ['api', '/drills'] });
  const plan = async (every: Every) => {
    const answer = await actions.schedule({ connectorId, every });
    void client.invalidateQueries({ queryKey: ['api', '/drills/schedules'] });
    if (answer.error) notifications.show({ message: answer.error.message, color: 'red' });
  };
  const rows = drills.data?.items ?? [];
  return (
    <div className={classes.drills}>
      <Group gap="xs" justify="space-between">
        <h3>Drills</h3>
        <Group gap="xs">
          {mayPlan ? (
            <NativeSelect
              size="xs"
              aria-label={`Drill ${name}`}
              data={EVERY}
              value={schedule?.every ?? 'off'}
              onChange={(event) => plan(event.currentTarget.value as Every)}
            />
          ) : null}
          {mayDrill ? (
            <Button size="xs" onClick={() => setAsking(true)}>
              Drill now…
            </Button>
          ) : null}
        </Group>
      </Group>
      {rows.length ? (
        <ul>
          {rows.map((drill) => (
            <Result key={drill.id} drill={drill} />
          ))}
        </ul>
      ) : (
        <p className={classes.limits}>None held yet.</p>
      )}
      <ConfirmDialog
        opened={asking}
        onClose={() => setAsking(false)}
        title={`Drill ${name}`}
        confirm="End the canary’s access"
        disabled={!would.data || would.data.refused !== null}
        onConfirm={async () => {
          const answer = await actions.start({ connectorId });
          void again();
          return { error: answer.error };
        }}
      >
        {would.data ? <What would={would.data} /> : (would.error?.message ?? 'Looking at what it would end …')}
      </ConfirmDialog>
    </div>
  );
}
