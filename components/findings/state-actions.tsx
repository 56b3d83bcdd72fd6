'use client';

import { Button, Select, Textarea, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { NoteAction } from '@/components/findings/notes';
import { useMay } from '@/components/shell/operator-context';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import { DISPOSITIONS, type Disposition, type FindingDetail } from '@/lib/findings/model';
import type { ActionError } from '@/lib/http/model';

type Action<Input> = (input: Input) => Promise<{ error?: ActionError }>;

export interface FindingActions {
  acknowledge: Action<{ id: string }>;
  close: Action<{ id: string; disposition: Disposition; reason: string }>;
  suppress: Action<{ id: string; owner: string; reason: string; until: string }>;
  reopen: Action<{ id: string; reason: string }>;
  note: NoteAction;
}

const SPANS = { '1': 'for a day', '7': 'for a week', '30': 'for 30 days', '90': 'for 90 days' };
type Asking = 'close' | 'suppress' | 'reopen' | null;

interface StateActionsProps {
  finding: FindingDetail;
  actions: FindingActions;
  operator: string;
}

/** What can be done with a finding in its present state, each with its reason. */
export function StateActions({ finding, actions, operator }: StateActionsProps) {
  const [asking, setAsking] = useState<Asking>(null);
  const [reason, setReason] = useState('');
  const [disposition, setDisposition] = useState<Disposition>('true_positive');
  const [owner, setOwner] = useState(operator);
  const [days, setDays] = useState('7');
  const queries = useQueryClient();
  if (!useMay('finding.write')) return null;
  const { id, state } = finding;
  const done = async (result: { error?: ActionError }) => {
    if (result.error) return result;
    setReason('');
    await queries.invalidateQueries({ queryKey: ['api', `/findings/${id}`] });
    return result;
  };
  const submit = async () => {
    if (asking === 'close') return done(await actions.close({ id, disposition, reason }));
    if (asking === 'reopen') return done(await actions.reopen({ id, reason }));
    const until = new Date(Date.now() + Number(days) * 86_400_000).toISOString();
    return done(await actions.suppress({ id, owner, reason, until }));
  };
  const acknowledge = async () => {
    const { error } = await done(await actions.acknowledge({ id }));
    if (error) notifications.show({ color: 'red', message: error.message });
  };
  const title =
    asking === 'close' ? 'Close this finding' : asking === 'reopen' ? 'Reopen this finding' : 'Suppress this finding';
  return (
    <>
      {state === 'open' ? <Button onClick={acknowledge}>Acknowledge</Button> : null}
      {state === 'open' || state === 'acknowledged' ? (
        <Button onClick={() => setAsking('suppress')}>Suppress…</Button>
      ) : null}
      {state !== 'closed' ? <Button onClick={() => setAsking('close')}>Close…</Button> : null}
      {state === 'closed' || state === 'suppressed' ? (
        <Button onClick={() => setAsking('reopen')}>Reopen…</Button>
      ) : null}
      <ConfirmDialog
        opened={asking !== null}
        onClose={() => setAsking(null)}
        title={title}
        confirm={title}
        danger={false}
        disabled={reason.trim().length < 3 || (asking === 'suppress' && owner.trim() === '')}
        onConfirm={submit}
      >
        {asking === 'close' ? (
          <Select
            label="It turned out to be"
            data={Object.entries(DISPOSITIONS).map(([value, label]) => ({ value, label }))}
            value={disposition}
            onChange={(value) => setDisposition((value ?? 'true_positive') as Disposition)}
            allowDeselect={false}
          />
        ) : null}
        {asking === 'suppress' ? (
          <>
            <Select
              label="How long"
              data={Object.entries(SPANS).map(([value, label]) => ({ value, label }))}
              value={days}
              onChange={(value) => setDays(value ?? '7')}
              allowDeselect={false}
            />
            <TextInput
              label="Who answers for it"
              value={owner}
              maxLength={200}
              onChange={(event) => setOwner(event.currentTarget.value)}
            />
          </>
        ) : null}
        <Textarea
          label="Reason"
          value={reason}
          maxLength={2000}
          autosize
          minRows={2}
          maxRows={6}
          onChange={(event) => setReason(event.currentTarget.value)}
          description={asking === 'close' ? 'New evidence of the same cause reopens it.' : undefined}
          data-autofocus
        />
      </ConfirmDialog>
    </>
  );
}
