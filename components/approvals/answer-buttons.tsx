'use client';

import { Button, Textarea } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { usePathname, useRouter, useSearchParams } from 'next/navigation';
import { useState } from 'react';
import classes from '@/components/approvals/approvals.module.css';
import { useMay } from '@/components/shell/operator-context';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import { askedText, grantText } from '@/lib/approvals/format';
import type { AnswerActions, RequestDetail } from '@/lib/approvals/model';
import { amountText, meterText, severalSets } from '@/lib/exposures/format';

type Answer = 'approve' | 'deny' | 'withdraw';

/** What the address asks for, as the list's buttons do: `?answer=approve`. */
const answerIn = (value: string | null): Answer | null =>
  value === 'approve' || value === 'deny' || value === 'withdraw' ? value : null;

/** Approve, deny, or take back what was approved. Each says what it does before it does it. */
export function AnswerButtons({ detail, actions }: { detail: RequestDetail; actions: AnswerActions }) {
  const wanted = answerIn(useSearchParams().get('answer'));
  const [asked, setAsked] = useState(wanted);
  const [router, pathname] = [useRouter(), usePathname()];
  const may = useMay('approval.answer');
  const { request, refusal } = detail;
  if (!may) return null;
  if (request.state !== 'pending' && !request.holds) return null;
  const possible = asked === 'withdraw' ? request.holds : !request.holds && (asked !== 'approve' || refusal === null);
  const close = () => {
    setAsked(null);
    if (wanted) router.replace(pathname, { scroll: false }); // asked once: going back or renewing does not ask again
  };
  return (
    <>
      {request.holds ? (
        <Button size="sm" color="red" variant="outline" onClick={() => setAsked('withdraw')}>
          Take back…
        </Button>
      ) : (
        <>
          <Button size="sm" onClick={() => setAsked('deny')}>
            Deny…
          </Button>
          <Button size="sm" variant="filled" disabled={refusal !== null} onClick={() => setAsked('approve')}>
            Approve…
          </Button>
        </>
      )}
      {asked && possible ? <Dialog answer={asked} detail={detail} actions={actions} onClose={close} /> : null}
    </>
  );
}

const WORDS: Record<Answer, { title: string; confirm: string; danger: boolean }> = {
  approve: { title: 'Approve this request?', confirm: 'Approve', danger: false },
  deny: { title: 'Deny this request?', confirm: 'Deny', danger: true },
  withdraw: { title: 'Take this approval back?', confirm: 'Take it back', danger: true },
};

interface DialogProps {
  answer: Answer;
  detail: RequestDetail;
  actions: AnswerActions;
  onClose: () => void;
}

function Dialog({ answer, detail, actions, onClose }: DialogProps) {
  const [reason, setReason] = useState('');
  const queries = useQueryClient();
  const { request } = detail;
  const run = async () => {
    const result = await actions[answer]({ id: request.id, reason });
    if (!result.error) await queries.invalidateQueries({ queryKey: ['api'] });
    return result;
  };
  return (
    <ConfirmDialog opened onClose={onClose} onConfirm={run} {...WORDS[answer]}>
      <p className={classes.first}>
        <strong>{request.identityName}</strong>: {askedText(request)}.
      </p>
      {answer === 'approve' ? <Grants detail={detail} /> : null}
      {answer === 'deny' ? (
        <p>What was stopped stays stopped. The caller may ask again after another refusal.</p>
      ) : null}
      {answer === 'withdraw' ? (
        <p>From the next request on it lets nothing pass. What it has let pass stays counted.</p>
      ) : null}
      <Textarea
        label="Why (kept with the answer and in the audit log)"
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
        maxLength={2000}
        autosize
        minRows={2}
      />
    </ConfirmDialog>
  );
}

function Grants({ detail: { request, effects } }: { detail: RequestDetail }) {
  const [first] = effects.filter((one) => one.limit !== null);
  return (
    <>
      <p>
        It passes <strong>{grantText(request.uses, request.grantSecs)}</strong>, exactly as asked. Every limit that
        denies still holds, and shared state is read again when it is used.
      </p>
      {first ? (
        <p>
          {meterText(first, severalSets(effects))}:{' '}
          {amountText(BigInt(first.settled) + BigInt(first.held), first.scale)} now,{' '}
          <strong>{amountText(first.after, first.scale, first.unit)}</strong> with it; the line is{' '}
          {amountText(first.limit!, first.scale, first.unit)}.
        </p>
      ) : null}
    </>
  );
}
