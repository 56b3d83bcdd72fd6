'use client';

import { Alert, Button, Checkbox, Group, Modal, MultiSelect, NativeSelect, Stack, TagsInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import classes from '@/components/notifications/notifications.module.css';
import { DETECTORS, SEVERITIES, type Severity } from '@/lib/findings/model';
import { routeText } from '@/lib/notifications/format';
import {
  EVENTS,
  type Match,
  NO_OWNER,
  type NotificationActions,
  type RouteRow,
  USUAL_EVENTS,
} from '@/lib/notifications/model';

interface RouteDialogProps {
  onClose: () => void;
  actions: NotificationActions;
  channel: { id: string; name: string };
  /** Given: it is changed; else one is added. */
  editing?: RouteRow;
}

const NEW: Match = {
  events: USUAL_EVENTS,
  minSeverity: 'low',
  detectors: [],
  owners: [],
  workflows: [],
  environments: [],
};

const SOON = [0, 300, 600, 1800, 3600, 4 * 3600, 86_400];
const soonText = (secs: number): string => (secs === 0 ? 'At once' : `Collect for ${spanOf(secs)}, then one message`);
const spanOf = (secs: number): string =>
  secs < 3600 ? `${secs / 60} minutes` : secs === 3600 ? 'an hour' : `${secs / 3600} hours`;

/** What a channel is told of, and how soon. */
export function RouteDialog({ onClose, actions, channel, editing }: RouteDialogProps) {
  const [match, setMatch] = useState<Match>(editing?.match ?? NEW);
  const [digestSecs, setDigest] = useState(editing?.digestSecs ?? 0);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string>();
  const client = useQueryClient();
  const set = (change: Partial<Match>) => setMatch({ ...match, ...change });
  const save = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    const answer = editing
      ? await actions.updateRoute({ id: editing.id, match, digestSecs })
      : await actions.createRoute({ channelId: channel.id, match, digestSecs });
    setBusy(false);
    if (answer.error) return setError(answer.error.message);
    void client.invalidateQueries({ queryKey: ['api'] });
    onClose();
  };
  return (
    <Modal opened onClose={onClose} size={640} title={`What ${channel.name} is told of`} closeOnClickOutside={false}>
      <form onSubmit={save}>
        <Stack gap="sm">
          <Checkbox.Group
            label="When"
            value={match.events}
            onChange={(events) => set({ events: events as Match['events'] })}
          >
            <div className={classes.events}>
              {Object.entries(EVENTS).map(([event, words]) => (
                <Checkbox key={event} value={event} label={words} />
              ))}
            </div>
          </Checkbox.Group>
          <NativeSelect
            label="From severity"
            data={SEVERITIES.map((one) => ({ value: one, label: one }))}
            value={match.minSeverity}
            onChange={(event) => set({ minSeverity: event.currentTarget.value as Severity })}
          />
          <MultiSelect
            label="Only these detectors"
            description="Of findings; empty: all."
            data={Object.entries(DETECTORS).map(([value, label]) => ({ value, label }))}
            value={match.detectors}
            onChange={(detectors) => set({ detectors: detectors as Match['detectors'] })}
            searchable
            clearable
          />
          <TagsInput
            label="Only identities of these owners"
            description={`As identities name them; ${NO_OWNER} for those that nobody answers for. Empty: all.`}
            data={[NO_OWNER]}
            value={match.owners}
            onChange={(owners) => set({ owners })}
            clearable
          />
          <TagsInput
            label="Only identities of these workflows"
            value={match.workflows}
            onChange={(workflows) => set({ workflows })}
            clearable
          />
          <TagsInput
            label="Only in these environments"
            value={match.environments}
            onChange={(environments) => set({ environments })}
            clearable
          />
          <NativeSelect
            label="How soon"
            description="Twenty messages within five minutes are a storm: what follows is collected in any case."
            data={[...new Set([...SOON, digestSecs])].map((secs) => ({ value: String(secs), label: soonText(secs) }))}
            value={String(digestSecs)}
            onChange={(event) => setDigest(Number(event.currentTarget.value))}
          />
          {error ? (
            <Alert color="red" variant="outline" title="Not saved" role="alert">
              {error}
            </Alert>
          ) : null}
          <Group justify="space-between" gap="xs">
            <span aria-live="polite" style={{ fontSize: 12, flex: '1 1 240px' }}>
              {routeText(match, digestSecs)}
            </span>
            <Group gap="xs">
              <Button onClick={onClose}>Cancel</Button>
              <Button type="submit" variant="filled" loading={busy} disabled={match.events.length === 0}>
                {editing ? 'Save' : 'Add route'}
              </Button>
            </Group>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
