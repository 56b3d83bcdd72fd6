'use client';

import { Group, SegmentedControl, Text } from '@mantine/core';
import Link from 'next/link';
import { useState } from 'react';
import classes from '@/components/lanes/lanes.module.css';
import { TerminateButton } from '@/components/revocations/terminate-button';
import { useMay } from '@/components/shell/operator-context';
import { apiUrl } from '@/components/ui/call-api';
import { EmptyState } from '@/components/ui/empty-state';
import { ErrorState } from '@/components/ui/error-state';
import { Loading } from '@/components/ui/loading';
import { useApi } from '@/components/ui/use-api';
import { When } from '@/components/ui/when';
import { plural } from '@/lib/exposures/format';
import type { ActionError } from '@/lib/http/model';
import { HELD, type Held, type Lane, type Lanes } from '@/lib/lanes/model';
import type { RevocationActions } from '@/lib/revocations/actions-model';

export type HoldLane = (input: {
  identityId: string;
  fingerprint: string;
  name: string;
  held: Held;
}) => Promise<{ data?: unknown; error?: ActionError }>;

interface LaneListProps {
  identity: { id: string; name: string };
  hold: HoldLane;
  revocations: RevocationActions;
}

/** Sessions one act of this page takes; the REST API's takes them all. */
const AT_ONCE = 200;

/** Neither client nor key: only network, pace and actions are left to tell hands apart by. */
const isBare = ({ agent, boundTo }: Lane): boolean => agent === null && boundTo === null;

const sentence = ({ lanes, concurrent }: Lanes): string => {
  const [only] = lanes;
  if (lanes.length === 1 && only!.sessions.length > 1 && isBare(only!))
    return 'Nothing told of its sessions sets them apart: neither client nor key is known, and pace and actions are alike. That is no proof of one hand.';
  if (lanes.length === 1) return 'All its sessions look like one hand.';
  if (concurrent > 1)
    return `${lanes.length} hands by client, network, pace and what they do; ${concurrent} of them at the same time. Whose is which?`;
  return `${lanes.length} hands by client, network, pace and what they do, one after the other.`;
};

const pace = ({ cadence, everySecs }: Lane): string => {
  const every =
    everySecs === null ? '' : `, every ${everySecs < 120 ? `${everySecs} s` : `${Math.round(everySecs / 60)} min`}`;
  return `${cadence === 'bursts' ? 'in bursts' : cadence}${every}`;
};

/** Whose activity is whose: one identity's sessions by hand. The analyst says which is the operator and ends the other. */
export function LaneList({ identity, hold, revocations }: LaneListProps) {
  const { data, error, refetch } = useApi<Lanes>(`/identities/${identity.id}/lanes`);
  const [only, setOnly] = useState<Held | 'all'>('all');
  const [refused, setRefused] = useState<string | null>(null);
  if (error) return <ErrorState message={error.message} />;
  if (!data) return <Loading />;
  if (data.lanes.length === 0)
    return (
      <EmptyState title="No session to sort">Its sessions are sorted by client, network, pace and actions.</EmptyState>
    );
  const shown = data.lanes.filter((lane) => only === 'all' || lane.held === only);
  const say = async (lane: Lane, held: Held) => {
    const result = await hold({ identityId: identity.id, fingerprint: lane.fingerprint, name: lane.name, held });
    setRefused(result.error?.message ?? null);
    await refetch();
  };
  return (
    <div className={classes.lanes}>
      <Group justify="space-between" mb="sm">
        <Text size="sm">{sentence(data)}</Text>
        <SegmentedControl
          size="xs"
          aria-label="Lanes shown"
          data={['all', ...HELD]}
          value={only}
          onChange={(value) => setOnly(value as Held | 'all')}
        />
      </Group>
      {refused ? (
        <Text size="sm" c="red" role="alert">
          {refused}
        </Text>
      ) : null}
      {data.more ? (
        <Text size="sm" c="dimmed" mb="sm">
          Its newest {data.sorted} sessions of that day are sorted; older ones are not among them.
        </Text>
      ) : null}
      {shown.length === 0 ? (
        <Text size="sm" c="dimmed">
          No lane is held by {only}.
        </Text>
      ) : null}
      {shown.map((lane) => (
        <LaneRow
          key={lane.fingerprint}
          lane={lane}
          shared={sharedOf(lane, data.lanes)}
          identity={identity}
          say={say}
          revocations={revocations}
        />
      ))}
    </div>
  );
}

/** What is said of sessions that somebody in another lane holds as well. */
function sharedOf({ sessions }: Lane, lanes: readonly Lane[]): string | null {
  const shared = sessions.filter(({ alsoIn }) => alsoIn.length > 0);
  if (shared.length === 0) return null;
  const names = lanes
    .filter(({ fingerprint }) => shared.some(({ alsoIn }) => alsoIn.includes(fingerprint)))
    .map(({ name }) => name);
  const others = `${names.slice(0, 2).join(' and ')}${names.length > 2 ? ` and ${names.length - 2} more` : ''}`;
  const held =
    sessions.length === 1
      ? `Its session is held by ${others} as well`
      : `${shared.length} of its sessions ${shared.length === 1 ? 'is' : 'are'} held by ${others} as well`;
  return shared.some(({ live }) => live) ? `${held}: ending it ends both.` : `${held}.`;
}

interface LaneRowProps {
  lane: Lane;
  shared: string | null;
  identity: LaneListProps['identity'];
  say: (lane: Lane, held: Held) => Promise<void>;
  revocations: RevocationActions;
}

function LaneRow({ lane, shared, identity, say, revocations }: LaneRowProps) {
  const live = lane.sessions.filter((session) => session.live);
  const may = useMay('finding.write');
  const mayEnd = useMay('session.terminate');
  const of = { identityId: identity.id, lane: lane.fingerprint };
  return (
    <article className={classes.lane} data-held={lane.held} aria-label={lane.name}>
      <div className={classes.what}>
        <h3>{lane.name}</h3>
        <p>
          {lane.sessions.length} {plural(lane.sessions.length, 'session')}, {live.length} live · {lane.events}{' '}
          {plural(lane.events, 'event')} {pace(lane)} · last <When at={lane.until} />
        </p>
        <p>
          {lane.actions.length === 0
            ? 'Does nothing that is told'
            : lane.actions
                .slice(0, 4)
                .map((action) => `${action.name} ${Math.round(action.share * 100)} %`)
                .join(' · ')}
        </p>
        <p>
          {lane.networks.slice(0, 4).join(', ')}
          {lane.networks.length > 4 ? ` and ${lane.networks.length - 4} more` : ''}
          {lane.boundTo ? ` · bound to ${lane.boundTo.slice(0, 24)}` : ''}
          {lane.unlike === null ? '' : ` · ${Math.round(lane.unlike * 100)} % unlike the others`}
        </p>
        {shared ? <p className={classes.shared}>{shared}</p> : null}
        <p className={classes.taken}>
          <Link href={`/sessions?${new URLSearchParams(of)}`}>Sessions</Link>
          <Link href={`/decisions?${new URLSearchParams(of)}`}>Decisions</Link>
          <Link href={`/findings?${new URLSearchParams(of)}`}>Findings</Link>
          <a href={apiUrl('/events', { ...of, format: 'csv' })} download>
            Events as CSV
          </a>
          <a href={apiUrl('/events', { ...of, format: 'ocsf' })} download>
            as OCSF
          </a>
        </p>
      </div>
      <div className={classes.whose}>
        <SegmentedControl
          size="xs"
          aria-label={`Whose is ${lane.name}`}
          data={[...HELD]}
          value={lane.held}
          disabled={!may}
          onChange={(value) => void say(lane, value as Held)}
        />
        {lane.byName ? <span className={classes.by}>said by {lane.byName}</span> : null}
        {live.length > AT_ONCE ? <span className={classes.by}>the newest {AT_ONCE} of them at once</span> : null}
        {live.length > 0 ? (
          <TerminateButton
            actions={revocations}
            may={mayEnd}
            sessions={live
              .slice(0, AT_ONCE)
              .map((session) => ({ id: session.id, label: session.label, identityName: identity.name }))}
          />
        ) : null}
      </div>
    </article>
  );
}
