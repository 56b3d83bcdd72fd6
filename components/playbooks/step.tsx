'use client';

import { Alert, Button, Group, Text, Textarea } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Evidence } from '@/components/playbooks/evidence';
import { LogStep } from '@/components/playbooks/log-step';
import classes from '@/components/playbooks/playbooks.module.css';
import { PrivilegeStep } from '@/components/playbooks/privilege-step';
import { SecretStep } from '@/components/playbooks/secret-step';
import { SessionStep } from '@/components/playbooks/session-step';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import { Panel } from '@/components/ui/panel';
import { StateBadge } from '@/components/ui/state-badge';
import { When } from '@/components/ui/when';
import type { ActionError } from '@/lib/http/model';
import type { PlaybookActions } from '@/lib/playbooks/actions-model';
import { type FinishInput, type PlaybookDetail, STEPS, type StepRow } from '@/lib/playbooks/model';
import type { RevocationActions } from '@/lib/revocations/actions-model';

interface StepProps {
  number: number;
  step: StepRow;
  playbook: PlaybookDetail;
  actions: PlaybookActions;
  revocations: RevocationActions;
  may: boolean;
}

const HELP: Record<StepRow['kind'], string> = {
  session_termination: 'Every session of the incident is over, and it is proven: a revocation that is verified.',
  secret_review:
    'Every credential is rotated, disabled or removed, or kept for a reason. Changing a secret ends no session.',
  privilege_reduction:
    'What it was given beside what it really used. Take away what is not needed, where it was granted.',
  log_correlation: 'What it did since then, in every system that tells of it.',
};
const PARTS = {
  session_termination: SessionStep,
  secret_review: SecretStep,
  privilege_reduction: PrivilegeStep,
  log_correlation: LogStep,
} as const;

/** One step: what it is worked with, and how it is done or waived. */
export function Step({ number, step, playbook, actions, revocations, may }: StepProps) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ActionError>();
  const [waiving, setWaiving] = useState(false);
  const [reason, setReason] = useState('');
  const queries = useQueryClient();
  const renew = () => queries.invalidateQueries({ queryKey: ['api', `/playbooks/${playbook.id}`] });
  const finish = async (input: FinishInput) => {
    setBusy(true);
    const answer = await actions
      .finish(input)
      .catch(() => ({ error: { code: 'unreachable', message: 'Braid could not be reached.' } }));
    setBusy(false);
    setError(answer.error);
    await renew();
  };
  const Part = PARTS[step.kind];
  const open = may && step.state === 'open';
  return (
    <Panel
      title={
        <>
          {number}. {STEPS[step.kind]} <StateBadge state={step.state === 'open' ? 'to do' : step.state} />
        </>
      }
      note={
        step.by ? (
          <>
            {step.by}, <When at={step.at} />
          </>
        ) : undefined
      }
    >
      <p className={classes.note}>{HELP[step.kind]}</p>
      {step.state === 'open' ? null : <Evidence step={step} />}
      <Part playbook={playbook} open={open} revocations={revocations} onFinish={finish} busy={busy} />
      {error ? (
        <Alert mt="sm" color="red" variant="outline" title="Not done yet" role="alert">
          {error.message}
        </Alert>
      ) : null}
      {open ? (
        <Group justify="flex-end" mt="xs">
          <Button size="xs" variant="subtle" onClick={() => setWaiving(true)}>
            Waive this step…
          </Button>
        </Group>
      ) : null}
      <ConfirmDialog
        opened={waiving}
        onClose={() => setWaiving(false)}
        title={`Waive: ${STEPS[step.kind].toLowerCase()}`}
        confirm="Waive it"
        danger={false}
        disabled={reason.trim().length < 3}
        onConfirm={async () => {
          const answer = await actions.waive({ id: playbook.id, kind: step.kind, reason });
          await renew();
          return answer;
        }}
      >
        <Text size="sm">It is shown as waived, with who said so and why.</Text>
        <Textarea
          label="Why it is not needed here"
          value={reason}
          maxLength={2000}
          autosize
          minRows={2}
          onChange={(event) => setReason(event.currentTarget.value)}
          data-autofocus
        />
      </ConfirmDialog>
    </Panel>
  );
}
