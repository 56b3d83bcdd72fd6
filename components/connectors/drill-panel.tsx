'use client';

import { Alert, Button, Group, NativeSelect } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import Link from 'next/link';
import { useState } from 'react';
import classes from '@/components/connectors/connectors.module.css';
import { useMay } from '@/components/shell/operator-context';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import { duration } from '@/components/ui/dates';
import { StateBadge } from '@/components/ui/state-badge';
import { TimedText } from '@/components/ui/timed-text';
import { useApi } from '@/components/ui/use-api';
import { When } from '@/components/ui/when';
import type { DrillActions, DrillPreview, DrillRow, Every, ScheduleRow } from '@/lib/drills/model';
import type { Page } from '@/lib/http/model';

const EVERY: { value: Every; label: string }[] = [
  { value: 'off', label: 'Only by hand' },
  { value: 'daily', label: 'Every day' },
  { value: 'weekly', label: 'Every week' },
];

const took = (ms: number | null, what: string, never: string): string =>
  ms === null ? never : `${what} after ${duration(ms)}`;

/** "new entry refused after 0.4 s, open session dead after 0.5 s, verified after 1.2 s", or what did not happen. */
const timesOf = ({ method, refusedMs, deadMs, verifiedMs }: DrillRow): string =>
  [
    took(refusedMs, 'new entry refused', 'a new entry was not refused'),
    ...(method === 'entry' ? [took(deadMs, 'open session dead', 'the open session did not die')] : []),
    took(verifiedMs, 'verified', 'not verified'),
  ].join(', ');

function Result({ drill }: { drill: DrillRow }) {
  const measured = drill.clickedAt !== null && drill.state !== 'broken';
  return (
    <li className={classes.drill}>
      <StateBadge state={drill.state} /> <When at={drill.startedAt} />
      {drill.asked === 'schedule' ? ' · scheduled' : ` · ${drill.actorName}`}
      {measured ? (
        <>
          : {timesOf(drill)}
          {drill.method === 'entry' ? '' : ' (as the system says: no credential of the canary is held)'}
        </>
      ) : null}
      {drill.detail ? (
        <div>
          <TimedText text={drill.detail} />
        </div>
      ) : null}
      {drill.revocationId ? (
        <>
          {' '}
          <Link href={`/revocations/${drill.revocationId}`}>Steps</Link>
        </>
      ) : null}
    </li>
  );
}

function Settings({ open }: { open: (() => void) | undefined }) {
  return open ? (
    <Button size="compact-xs" onClick={open}>
      Open settings
    </Button>
  ) : null;
}

function What({ would, onSettings }: { would: DrillPreview; onSettings: (() => void) | undefined }) {
  if (would.refused)
    return (
      <p>
        {would.refused}{' '}
        {would.identityId ? (
          <Link href={`/identities/${would.identityId}`}>Open it</Link>
        ) : (
          <Settings open={onSettings} />
        )}
      </p>
    );
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
  /** Opens the connector's form, where the canary is named; absent: this operator may not. */
  onSettings: (() => void) | undefined;
}

/** Whether ending access works here, tried on a canary: by hand, on a schedule, and what was measured. */
export function DrillPanel({ connectorId, name, schedule, actions, onSettings }: DrillPanelProps) {
  const [asking, setAsking] = useState(false);
  const [refused, setRefused] = useState<string>();
  const mayDrill = useMay('identity.revoke');
  const mayPlan = useMay('connector.manage');
  const client = useQueryClient();
  const drills = useApi<Page<DrillRow>>('/drills', { connectorId, limit: '5' }, { everyMs: asking ? 1_000 : 5_000 });
  const would = useApi<DrillPreview>('/drills/preview', { connectorId }, { enabled: asking, everyMs: false });
  const again = () => client.invalidateQueries({ queryKey: ['api', '/drills'] });
  const plan = async (every: Every) => {
    const answer = await actions.schedule({ connectorId, every });
    void client.invalidateQueries({ queryKey: ['api', '/drills/schedules'] });
    setRefused(answer.error?.message);
  };
  const rows = drills.data?.items ?? [];
  const settings =
    onSettings &&
    (() => {
      setAsking(false);
      onSettings();
    });
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
      {refused ? (
        <Alert color="red" variant="outline" title="Not planned" role="alert" mt={8}>
          {refused} <Settings open={onSettings} />
        </Alert>
      ) : null}
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
        {would.data ? (
          <What would={would.data} onSettings={settings} />
        ) : (
          (would.error?.message ?? 'Looking at what it would end …')
        )}
      </ConfirmDialog>
    </div>
  );
}
