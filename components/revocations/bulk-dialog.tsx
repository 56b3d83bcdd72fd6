'use client';

import { Alert, Button, Group, Modal, Stack, Text } from '@mantine/core';
import { type FormEvent, useEffect, useState } from 'react';
import { BulkProgress } from '@/components/revocations/bulk-progress';
import { BulkRows } from '@/components/revocations/bulk-rows';
import { PredictedHits } from '@/components/revocations/predicted-hits';
import { ReasonFields } from '@/components/revocations/reason-fields';
import { type BulkSubject, useBulk } from '@/components/revocations/use-bulk';
import { Loading } from '@/components/ui/loading';
import { plural } from '@/lib/exposures/format';
import type { RevocationActions } from '@/lib/revocations/actions-model';
import type { BulkResult } from '@/lib/revocations/bulk-model';
import type { ReasonCode } from '@/lib/revocations/model';

export interface BulkAsked {
  actions: RevocationActions;
  subject: BulkSubject;
  /** What they are, for the title: "3 sessions of 2 identities". */
  name: string;
  /** It is under way: rows that were chosen can be let go. */
  onBegun?: () => void;
}

const WORDS = {
  terminate: 'End',
  revoke: 'Revoke',
  rotate: 'Rotate',
  pause: 'Pause',
  resume: 'Resume',
  restore: 'Restore',
} as const;

const unit = (kind: BulkSubject['kind'], n: number): string =>
  kind === 'terminate' ? plural(n, 'session') : plural(n, 'identity', 'identities');

function Reach({ plan }: { plan: BulkResult }) {
  const { radius, skipped } = plan;
  return (
    <Text size="sm">
      <b>
        {plan.eligible} {unit(plan.kind, plan.eligible)}
      </b>
      {plan.kind === 'terminate'
        ? ` of ${radius.identities} ${plural(radius.identities, 'identity', 'identities')}`
        : ` with ${radius.sessions} live ${plural(radius.sessions, 'session')}`}
      {radius.systems
        ? `, in ${radius.systems} connected ${plural(radius.systems, 'system')} and at the decision point.`
        : ', at the decision point only.'}
      {skipped ? ` ${skipped} left out.` : ' None is left out.'}
    </Text>
  );
}

/** "Revoke 6 identities"; once it is known that some are left out, "Revoke 4 of 6 identities". */
function titleOf({ subject, name }: BulkAsked, plan: BulkResult | undefined): string {
  const { kind } = subject;
  if (!plan?.skipped) return `${WORDS[kind]} ${name}`;
  const many = plan.eligible + plan.skipped;
  return `${WORDS[kind]} ${plan.eligible} of ${many} ${unit(kind, many)}`;
}

interface AskProps extends BulkAsked {
  onPlan: (plan: BulkResult | undefined) => void;
  onClose: () => void;
  onDone: (result: BulkResult) => void;
}

function Ask({ actions, subject, onPlan, onClose, onDone }: AskProps) {
  const { kind } = subject;
  const opens = kind === 'resume' || kind === 'restore';
  const [reasonCode, setReasonCode] = useState<ReasonCode>(opens ? 'wanted_again' : 'unexpected_behaviour');
  const [reason, setReason] = useState('');
  const { plan, busy, error, said, run, propose } = useBulk(actions, subject, { reasonCode, reason }, onDone);
  useEffect(() => onPlan(plan), [plan, onPlan]);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (busy) return;
    void (plan?.second ? propose() : run('do'));
  };
  const n = plan?.eligible ?? 0;
  const many = subject.kind === 'terminate' ? subject.sessionIds.length : subject.identityIds.length;
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        {plan ? <Reach plan={plan} /> : error ? null : <Loading rows={3} />}
        {plan ? <BulkRows rows={plan.rows} kind={kind} /> : null}
        {plan && !opens ? <PredictedHits plan={plan} /> : null}
        {plan?.second ? (
          <Alert color="yellow" variant="outline" title="Two have to agree">
            {plan.second}
          </Alert>
        ) : null}
        <ReasonFields
          code={opens ? null : reasonCode}
          onCode={setReasonCode}
          reason={reason}
          onReason={setReason}
          minRows={1}
        />
        {said ? (
          <Alert color="blue" variant="outline" role="status">
            {said}
          </Alert>
        ) : null}
        {error ? (
          <Alert color="red" variant="outline" title="Nothing was done" role="alert">
            {error.message}
          </Alert>
        ) : null}
        <Group justify="flex-end" gap="xs">
          <Button onClick={onClose}>{said ? 'Close' : 'Cancel'}</Button>
          <Button onClick={() => void run('try')} loading={busy === 'try'} disabled={!plan || busy === 'do'}>
            Dry run
          </Button>
          <Button
            type="submit"
            variant="filled"
            color={opens ? 'blue' : 'red'}
            loading={busy === 'do'}
            disabled={plan !== undefined && (n === 0 || Boolean(said && plan.second))}
            data-autofocus
          >
            {plan?.second
              ? 'Ask a second operator'
              : `${WORDS[kind]} ${plan ? n : many} ${unit(kind, plan ? n : many)}`}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

/** One action over many: what it takes and what it leaves out, a dry run, and how far it has come afterwards. */
export function BulkDialog({
  opened,
  onClose,
  onClosed,
  ...asked
}: BulkAsked & { opened: boolean; onClose: () => void; onClosed: () => void }) {
  const [result, setResult] = useState<BulkResult>();
  const [plan, setPlan] = useState<BulkResult>();
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      onExitTransitionEnd={() => {
        setResult(undefined);
        setPlan(undefined);
        onClosed();
      }}
      size={760}
      title={titleOf(asked, result ?? plan)}
    >
      {result ? (
        <BulkProgress result={result} onClose={onClose} />
      ) : (
        <Ask
          {...asked}
          onPlan={setPlan}
          onClose={onClose}
          onDone={(done) => {
            setResult(done);
            asked.onBegun?.();
          }}
        />
      )}
    </Modal>
  );
}
