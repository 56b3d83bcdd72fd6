'use client';

import { Button, Group } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useQueryClient } from '@tanstack/react-query';
import Link from 'next/link';
import { useState } from 'react';
import classes from '@/components/notifications/notifications.module.css';
import { RouteDialog } from '@/components/notifications/route-dialog';
import { TestAnswer } from '@/components/notifications/test-answer';
import { Badge } from '@/components/ui/badge';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import { Panel } from '@/components/ui/panel';
import { StateBadge } from '@/components/ui/state-badge';
import { SystemCardHead, SystemNumbers, SystemSaid } from '@/components/ui/system-card';
import { When } from '@/components/ui/when';
import { eventWords, routeText } from '@/lib/notifications/format';
import { KINDS } from '@/lib/notifications/kinds-model';
import type { ChannelRow, NotificationActions, RouteRow, Tested } from '@/lib/notifications/model';

interface ChannelCardProps {
  row: ChannelRow;
  actions: NotificationActions;
  may: boolean;
  onEdit: () => void;
}

const several = (n: number, one: string) => `${n} ${one}${n === 1 ? '' : 's'}`;

function Numbers({ row }: { row: ChannelRow }) {
  const those = `?channelId=${row.id}&state=`;
  return (
    <SystemNumbers
      numbers={[
        { term: 'Last delivered', value: <When at={row.lastDeliveredAt} never="nothing yet" /> },
        {
          term: 'Waiting',
          value: row.waiting ? <Link href={`${those}unfinished`}>{several(row.waiting, 'message')}</Link> : 'nothing',
        },
        {
          term: 'Given up',
          value: row.dead ? <Link href={`${those}dead`}>{several(row.dead, 'message')}</Link> : 'nothing',
        },
        {
          term: 'Next try',
          value: row.health === 'failing' && row.waiting ? <When at={row.nextTryAt} never="soon" /> : 'as it comes',
        },
      ]}
    />
  );
}

function Routes({
  row,
  actions,
  may,
  onEdit,
}: Omit<ChannelCardProps, 'onEdit'> & { onEdit: (route?: RouteRow) => void }) {
  const client = useQueryClient();
  const done = async (answer: Promise<{ error?: { message: string } }>) => {
    const { error } = await answer;
    if (error) notifications.show({ message: error.message, color: 'red' });
    void client.invalidateQueries({ queryKey: ['api'] });
  };
  return (
    <ul className={classes.routes} aria-label={`What ${row.name} is told of`}>
      {row.routes.map((route) => (
        <li key={route.id} data-state={route.state}>
          <span title={route.match.events.map(eventWords).join(' · ')}>{routeText(route.match, route.digestSecs)}</span>
          {may ? (
            <Group gap={4}>
              <Button size="compact-xs" onClick={() => onEdit(route)}>
                Change…
              </Button>
              <Button
                size="compact-xs"
                onClick={() =>
                  done(actions.updateRoute({ id: route.id, state: route.state === 'enabled' ? 'disabled' : 'enabled' }))
                }
              >
                {route.state === 'enabled' ? 'Rest' : 'Take up again'}
              </Button>
              <Button size="compact-xs" onClick={() => done(actions.removeRoute({ id: route.id }))}>
                Remove
              </Button>
            </Group>
          ) : null}
        </li>
      ))}
      {row.routes.length === 0 ? <li>It is told of nothing: it has no route.</li> : null}
    </ul>
  );
}

/** One channel: where it points, how its receiver answers, what it is told of. */
export function ChannelCard({ row, actions, may, onEdit }: ChannelCardProps) {
  const [tested, setTested] = useState<Tested>();
  const [testing, setTesting] = useState(false);
  const [removing, setRemoving] = useState(false);
  const [routing, setRouting] = useState<{ editing?: RouteRow }>();
  const client = useQueryClient();
  const renew = () => void client.invalidateQueries({ queryKey: ['api'] });
  const test = async () => {
    setTesting(true);
    setTested(undefined);
    const answer = await actions.testChannel({ id: row.id });
    setTesting(false);
    if (answer.error) notifications.show({ message: answer.error.message, color: 'red' });
    setTested(answer.data);
    renew();
  };
  const turn = async () => {
    const state = row.state === 'enabled' ? 'disabled' : 'enabled';
    const { error } = await actions.updateChannel({ id: row.id, state });
    if (error) notifications.show({ message: error.message, color: 'red' });
    renew();
  };
  return (
    <Panel>
      <SystemCardHead
        name={
          <>
            {row.name} <Badge>{KINDS[row.kind].title}</Badge>
            {row.state === 'disabled' ? (
              <StateBadge state="disabled" />
            ) : (
              <StateBadge state={row.health === 'unknown' ? 'not used yet' : row.health} />
            )}
          </>
        }
        target={row.target}
        actions={
          may ? (
            <>
              <Button size="xs" onClick={test} loading={testing} aria-label={`Send a test to ${row.name}`}>
                Send a test
              </Button>
              <Button size="xs" onClick={onEdit} aria-label={`Settings of ${row.name}`}>
                Settings…
              </Button>
              <Button size="xs" onClick={turn}>
                {row.state === 'enabled' ? 'Disable' : 'Enable'}
              </Button>
              <Button size="xs" onClick={() => setRemoving(true)}>
                Remove…
              </Button>
            </>
          ) : null
        }
      />
      {tested ? <TestAnswer tested={tested} /> : null}
      {!tested && row.health === 'failing' ? (
        <SystemSaid tone="red">
          <strong>
            Its receiver has not taken a message since <When at={row.failingSince} show="absolute" />.
          </strong>{' '}
          It last said: {row.lastAnswer}
        </SystemSaid>
      ) : null}
      <Numbers row={row} />
      <Routes row={row} actions={actions} may={may} onEdit={(editing) => setRouting({ editing })} />
      {may ? (
        <Button mt="sm" size="xs" onClick={() => setRouting({})} aria-label={`Add a route to ${row.name}`}>
          Add a route…
        </Button>
      ) : null}
      {routing ? (
        <RouteDialog channel={row} actions={actions} editing={routing.editing} onClose={() => setRouting(undefined)} />
      ) : null}
      <ConfirmDialog
        opened={removing}
        onClose={() => setRemoving(false)}
        title={`Remove ${row.name}`}
        confirm="Remove this channel"
        onConfirm={async () => {
          const answer = await actions.removeChannel({ id: row.id, reason: '' });
          if (!answer.error) renew();
          return answer;
        }}
      >
        Its settings, secrets, routes and the log of its messages are forgotten.
        {row.waiting ? ` ${several(row.waiting, 'message')} that did not arrive yet will not.` : ''}
      </ConfirmDialog>
    </Panel>
  );
}
