'use client';

import { Button } from '@mantine/core';
import { useState } from 'react';
import classes from '@/components/signals/signals.module.css';
import { useRun } from '@/components/signals/use-run';
import { Badge } from '@/components/ui/badge';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import { Identifier } from '@/components/ui/identifier';
import { Panel } from '@/components/ui/panel';
import { StateBadge } from '@/components/ui/state-badge';
import { SystemCardHead, SystemNumbers, SystemSaid } from '@/components/ui/system-card';
import { When } from '@/components/ui/when';
import type { ReceiverRow, SignalActions, StreamRow } from '@/lib/signals/model';

interface ReceiverCardProps {
  row: ReceiverRow;
  actions: SignalActions;
  may: boolean;
}

const several = (n: number, one: string) => `${n} ${one}${n === 1 ? '' : 's'}`;

function Stream({ stream, actions, may }: { stream: StreamRow; actions: SignalActions; may: boolean }) {
  const { run, busy } = useRun();
  const { id, status } = stream;
  const set = (next: StreamRow['status'], done: string) =>
    run(next, () => actions.setStatus({ id, status: next, reason: 'Set in Braid' }), done);
  return (
    <div className={classes.stream}>
      <SystemCardHead
        level={3}
        name={
          <>
            <Badge>{stream.method}</Badge>
            <StateBadge state={status} />
            {stream.failingSince ? <StateBadge state="failing" /> : null}
            <Identifier value={id} max={16} />
          </>
        }
        target={
          <>
            {stream.endpoint ?? 'its receiver comes for them'} · {stream.events.join(', ') || 'no event asked for'}
          </>
        }
        actions={
          may ? (
            <>
              <Button
                size="xs"
                loading={busy === 'verify'}
                disabled={status === 'disabled'}
                onClick={() => run('verify', () => actions.verifyStream({ id }), 'A verification event is on its way.')}
                aria-label={`Verify stream ${id}`}
              >
                Verify
              </Button>
              {status === 'enabled' ? (
                <Button
                  size="xs"
                  onClick={() => set('paused', 'Paused: what comes is held, and its receiver is told.')}
                >
                  Pause
                </Button>
              ) : (
                <Button size="xs" onClick={() => set('enabled', 'Taken up again, and its receiver is told.')}>
                  Resume
                </Button>
              )}
            </>
          ) : null
        }
      />
      {stream.statusReason ? <SystemSaid>{stream.statusReason}</SystemSaid> : null}
      {stream.failingSince ? (
        <SystemSaid tone="red">
          <strong>
            Its receiver has taken nothing since <When at={stream.failingSince} show="absolute" />.
          </strong>{' '}
          It last said: {stream.lastAnswer}
        </SystemSaid>
      ) : null}
      <SystemNumbers
        numbers={[
          { term: 'Last delivered', value: <When at={stream.lastDeliveredAt} never="nothing yet" /> },
          { term: 'Verified', value: <When at={stream.verifiedAt} never="not yet" /> },
          { term: 'Delivered', value: several(stream.delivered, 'signal') },
          { term: 'Waiting', value: stream.waiting ? several(stream.waiting, 'signal') : 'nothing' },
          {
            term: 'Refused or given up',
            value: stream.refused + stream.dead ? several(stream.refused + stream.dead, 'signal') : 'nothing',
          },
        ]}
      />
    </div>
  );
}

/** Who receives: its client, and each of its streams. */
export function ReceiverCard({ row, actions, may }: ReceiverCardProps) {
  const [removing, setRemoving] = useState(false);
  const { run, busy } = useRun();
  const next = row.state === 'enabled' ? 'disabled' : 'enabled';
  return (
    <Panel>
      <SystemCardHead
        level={3}
        name={
          <>
            {row.name} <StateBadge state={row.state} />
          </>
        }
        target={
          <>
            {row.audience} · {row.scopes.join(' ')} · seen <When at={row.lastSeenAt} never="never" />
          </>
        }
        actions={
          may ? (
            <>
              <Button
                size="xs"
                loading={busy === 'state'}
                onClick={() => run('state', () => actions.changeReceiver({ id: row.id, state: next }))}
              >
                {row.state === 'enabled' ? 'Keep out' : 'Let in'}
              </Button>
              <Button size="xs" onClick={() => setRemoving(true)} aria-label={`Remove ${row.name}`}>
                Remove…
              </Button>
            </>
          ) : null
        }
      />
      {row.streams.length === 0 ? (
        <div className={classes.stream}>
          <span className={classes.dim}>It has not made a stream yet: it is told of nothing.</span>
        </div>
      ) : null}
      {row.streams.map((stream) => (
        <Stream key={stream.id} stream={stream} actions={actions} may={may} />
      ))}
      <ConfirmDialog
        opened={removing}
        onClose={() => setRemoving(false)}
        title={`Remove ${row.name}`}
        confirm="Remove this receiver"
        onConfirm={async () => {
          const answer = await actions.removeReceiver({ id: row.id });
          if (!answer.error) await run('removed', async () => ({}));
          return answer;
        }}
      >
        Its client, its streams and what waits in them are forgotten. It is told of nothing any more.
      </ConfirmDialog>
    </Panel>
  );
}
