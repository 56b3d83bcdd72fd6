'use client';

import { Alert, Button, Checkbox, Group, NumberInput, SimpleGrid, Stack, Textarea, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { type FormEvent, useState } from 'react';
import type { ForgetExpected } from '@/components/findings/expected-list';
import { type MergeActions, Merges } from '@/components/identities/merges';
import { Names, type NamesActions } from '@/components/identities/names';
import { IdentityNotes } from '@/components/identities/notes';
import type { HoldLane } from '@/components/lanes/lane-list';
import { useMay } from '@/components/shell/operator-context';
import { When } from '@/components/ui/when';
import type { ActionResult } from '@/lib/http/model';
import type { AnnotateInput, IdentityDetail } from '@/lib/identities/model';

export interface GovernanceActions extends NamesActions, MergeActions {
  holdLane: HoldLane;
  forgetExpected: ForgetExpected;
  annotate: (input: AnnotateInput) => Promise<ActionResult<{ id: string; changed: string[] }>>;
  note: (input: { id: string; body: string }) => Promise<ActionResult<{ id: string }>>;
}

/** Who answers for it, what it is for, how much it may do at once; by which names it goes; what people wrote down. */
export function Governance({ identity, actions }: { identity: IdentityDetail; actions: GovernanceActions }) {
  return (
    <Stack gap="xl">
      <Facts key={identity.id} identity={identity} annotate={actions.annotate} />
      <Names identity={identity} actions={actions} />
      <Merges identity={identity} actions={actions} />
      <IdentityNotes identity={identity} add={actions.note} />
    </Stack>
  );
}

const SOURCE: Record<string, string> = {
  manual: 'set by an operator',
  connector: 'told by a connector',
  import: 'read from a log',
};

/** What the form holds, and what saving it does. */
function useFacts(identity: IdentityDetail, annotate: GovernanceActions['annotate']) {
  const [facts, setFacts] = useState({
    owner: identity.owner ?? '',
    purpose: identity.purpose ?? '',
    environment: identity.environment ?? '',
    until: identity.purposeUntil?.slice(0, 10) ?? '',
    limit: (identity.concurrencyLimit ?? '') as string | number,
    attested: false,
  });
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string>();
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const { limit, attested, until, ...texts } = facts;
    setBusy(true);
    const result = await annotate({
      id: identity.id,
      ...texts,
      ...(until === (identity.purposeUntil?.slice(0, 10) ?? '')
        ? {}
        : { purposeUntil: until ? `${until}T23:59:59Z` : null }),
      concurrencyLimit: limit === '' ? null : Number(limit),
      ...(attested ? { ownerAttested: true } : {}),
    });
    setBusy(false);
    setError(result.error?.message);
    if (result.error) return;
    setFacts({ ...facts, attested: false });
    notifications.show({ message: result.data?.changed.length ? 'Saved.' : 'Nothing was different.' });
  };
  return { facts, put: (change: Partial<typeof facts>) => setFacts({ ...facts, ...change }), busy, error, submit };
}

function OwnerStanding({ identity }: { identity: IdentityDetail }) {
  if (!identity.owner) return <>Nobody answers for it yet</>;
  return (
    <>
      {SOURCE[identity.ownerSource ?? ''] ?? 'source unknown'}
      {identity.ownerAttestedAt ? (
        <>
          , attested <When at={identity.ownerAttestedAt} />
        </>
      ) : (
        ', not attested'
      )}
    </>
  );
}

function Facts({ identity, annotate }: { identity: IdentityDetail; annotate: GovernanceActions['annotate'] }) {
  const may = useMay('identity.annotate');
  const { facts, put, busy, error, submit } = useFacts(identity, annotate);
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="sm">
          <TextInput
            label="Owner"
            description={<OwnerStanding identity={identity} />}
            value={facts.owner}
            maxLength={200}
            disabled={!may}
            onChange={(event) => put({ owner: event.currentTarget.value })}
          />
          <TextInput
            label="Environment"
            description="production, staging, …"
            value={facts.environment}
            maxLength={100}
            disabled={!may}
            onChange={(event) => put({ environment: event.currentTarget.value })}
          />
        </SimpleGrid>
        <Textarea
          label="Purpose"
          value={facts.purpose}
          maxLength={2000}
          autosize
          minRows={1}
          maxRows={6}
          disabled={!may}
          onChange={(event) => put({ purpose: event.currentTarget.value })}
        />
        <TextInput
          type="date"
          label="Needed until"
          description="Empty: without end. Afterwards it stands among those whose purpose is over, to be ended together."
          value={facts.until}
          disabled={!may}
          onChange={(event) => put({ until: event.currentTarget.value })}
          maw={420}
        />
        <NumberInput
          label="Sessions allowed at once"
          description="Empty: no limit. Above it the graph is marked and a finding is raised; a policy can deny on it."
          value={facts.limit}
          min={1}
          max={100_000}
          allowDecimal={false}
          disabled={!may}
          onChange={(limit) => put({ limit })}
          maw={420}
        />
        {error ? (
          <Alert color="red" variant="outline" role="alert">
            {error}
          </Alert>
        ) : null}
        {may ? (
          <Group>
            <Checkbox
              label="The owner has confirmed it today"
              checked={facts.attested}
              disabled={facts.owner.trim() === ''}
              onChange={(event) => put({ attested: event.currentTarget.checked })}
            />
            <Button type="submit" variant="filled" color="blue" loading={busy}>
              Save
            </Button>
          </Group>
        ) : null}
      </Stack>
    </form>
  );
}
