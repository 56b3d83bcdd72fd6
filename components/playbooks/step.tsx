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

interface OtherwiseProps {
  step: StepRow;
  playbookId: string;
  contained: boolean;
  actions: PlaybookActions;
  renew: () => Promise<unknown>;
}

/** What else can be said of a step, with the reason: it is not needed here; or, once closed, that it is not over. */
function Otherwise({ step, playbookId, contained, actions, renew }: OtherwiseProps) {
  const [asking, setAsking] = useState(false);
  const [reason, setReason] = useState('');
  const open = step.state === 'open';
  const name = STEPS[step.kind].toLowerCase();
  const again = contained ? 'It is to do again, and the incident is not contained until it is.' : 'It is to do again.';
  return (
    <>
      <Group justify="flex-end" mt="xs">
        <Button
          size="xs"
          variant="subtle"
          onClick={() => setAsking(true)}
          aria-label={open ? undefined : `Reopen: ${name}`}
        >
          {open ? 'Waive this step…' : 'Reopen…'}
        </Button>
      </Group>
      <ConfirmDialog
        opened={asking}
        onClose={() => setAsking(false)}
        title={`${open ? 'Waive' : 'Reopen'}: ${name}`}
        confirm={open ? 'Waive it' : 'Reopen it'}
        danger={false}
        disabled={reason.trim().length < 3}
        onConfirm={async () => {
          const answer = await (open ? actions.waive : actions.reopen)({ id: playbookId, kind: step.kind, reason });
          if (!answer.error) setReason('');
          await renew();
          return answer;
        }}
      >
        <Text size="sm">
          {open
            ? 'It is shown as waived, with who said so and why.'
            : `${again} What stood here stays in the audit log.`}
        </Text>
        <Textarea
          label={open ? 'Why it is not needed here' : 'Why it is not over'}
          value={reason}
          maxLength={2000}
          autosize
          minRows={2}
          onChange={(event) => setReason(event.currentTarget.value)}
          data-autofocus
        />
      </ConfirmDialog>
    </>
  );
}

/** One step: what it is worked with, and how it is done, waived or opened again. */
export function Step({ number, step, playbook, actions, revocations, may }: StepProps) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ActionError>();
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
  const contained = playbook.state === 'contained';
  const open = may && !contained && step.state === 'open';
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
      {step.state === 'open' && step.reason ? (
        <Text size="sm" mb="xs">
          Open again: {step.reason}
        </Text>
      ) : null}
      <Part
        playbook={playbook}
        open={open}
        revocations={revocations}
        takeBack={actions.takeBack}
        onFinish={finish}
        busy={busy}
      />
      {error ? (
        <Alert mt="sm" color="red" variant="outline" title="Not done yet" role="alert">
          {error.message}
        </Alert>
      ) : null}
      {may ? (
        <Otherwise step={step} playbookId={playbook.id} contained={contained} actions={actions} renew={renew} />
      ) : null}
    </Panel>
  );
}
