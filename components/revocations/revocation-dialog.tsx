'use client';

import { Alert, Button, Group, Modal, Stack, Text } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { SecondOrError, useAskSecond } from '@/components/revocations/ask-second';
import { AtStake } from '@/components/revocations/at-stake';
import { BlastTable } from '@/components/revocations/blast-table';
import { LiveRevocation } from '@/components/revocations/live-revocation';
import { Hit } from '@/components/revocations/predicted-hits';
import { ReasonFields } from '@/components/revocations/reason-fields';
import { Loading } from '@/components/ui/loading';
import { useApi } from '@/components/ui/use-api';
import type { ActionError } from '@/lib/http/model';
import type { RevocationActions } from '@/lib/revocations/actions-model';
import { dryRunSays } from '@/lib/revocations/format';
import type { BlastRadius, PreviewInput, ReasonCode, RevocationKind } from '@/lib/revocations/model';

interface RevocationDialogProps {
  opened: boolean;
  onClose: () => void;
  /** It has left the screen. */
  onClosed: () => void;
  actions: RevocationActions;
  subject: PreviewInput;
  /** Whose access: the identity's name, or the session's label. */
  name: string;
  /** Asks for something else instead. */
  onOther: (asked: { actions: RevocationActions; subject: PreviewInput; name: string }) => void;
}

const UNREACHABLE = { code: 'unreachable', message: 'Braid could not be reached. Nothing is known to have changed.' };
const several = (n: number) => (n === 1 ? 'the session' : `${n} sessions`);
const WORDS: Record<RevocationKind, { title: string; after: string; button: (sessions: number) => string }> = {
  terminate: { title: 'End', after: 'Ending', button: (n) => `End ${several(n)}` },
  revoke: { title: 'Revoke access of', after: 'Revocation of', button: () => 'Revoke access' },
  rotate: { title: 'Rotate the secret of', after: 'Rotation of', button: () => 'Rotate and end sessions' },
  pause: { title: 'Pause', after: 'Pause of', button: () => 'Pause' },
  resume: { title: 'Resume', after: 'Resuming', button: () => 'Resume' },
  restore: { title: 'Restore access of', after: 'Restoring', button: () => 'Restore access' },
};
/** The least that can be said: nobody is accused by pressing Enter. */
const DEFAULT_REASON: Record<RevocationKind, ReasonCode> = {
  terminate: 'unexpected_behaviour',
  revoke: 'unexpected_behaviour',
  rotate: 'suspected_theft',
  pause: 'unexpected_behaviour',
  resume: 'wanted_again',
  restore: 'wanted_again',
};

function first(kind: RevocationKind, systems: number): string {
  if (kind === 'resume' || kind === 'restore') return 'Braid decides again from the next request.';
  if (kind === 'rotate')
    return 'What the old secret opened ends. The new one is handed over once, on the page of this rotation: until a client has it, it stays out.';
  const then = systems ? ` Then ended in ${systems} ${systems === 1 ? 'system' : 'systems'}, in this order.` : '';
  return kind === 'terminate'
    ? 'The identity itself is not blocked: its client may connect anew.'
    : `Denied by Braid from the next request.${then}`;
}

/** Where one termination ends more than the session, the system is asked what else that is. */
const asksHits = (subject: PreviewInput, radius: BlastRadius): boolean =>
  subject.kind !== 'terminate' || radius.systems.some((one) => one.ends !== undefined && one.ends !== 'session');

function Ask({ props, onDone }: { props: RevocationDialogProps; onDone: (id: string) => void }) {
  const { actions, subject, onClose } = props;
  const words = WORDS[subject.kind];
  const opens = subject.kind === 'resume' || subject.kind === 'restore';
  // Read beside the action, not before it: the click does not wait for what it will hit to be drawn.
  const ids: Record<string, string> =
    subject.kind === 'terminate' ? { sessionIds: subject.sessionIds.join(',') } : { identityId: subject.identityId };
  const look = useApi<BlastRadius>('/revocations/preview', { kind: subject.kind, ...ids }, { everyMs: false });
  const radius = look.data;
  const [reasonCode, setReasonCode] = useState<ReasonCode>(DEFAULT_REASON[subject.kind]);
  const [reason, setReason] = useState('');
  const [busy, setBusy] = useState<'do' | 'try' | null>(null);
  const [said, setSaid] = useState<string>();
  const [error, setError] = useState<ActionError>();
  const second = useAskSecond({ actions, subject, why: { reasonCode, reason } });
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (busy || second.asking || second.asked) return;
    if (radius?.second) return second.ask();
    setBusy('do');
    const answer = await actions.request({ ...subject, reasonCode, reason }).catch(() => ({
      data: undefined,
      error: UNREACHABLE,
    }));
    setBusy(null);
    if (answer.data) onDone(answer.data.revocationId);
    else setError(answer.error);
  };
  const tryDry = async () => {
    const many =
      subject.kind === 'terminate'
        ? { kind: subject.kind, sessionIds: subject.sessionIds }
        : { kind: subject.kind, identityIds: [subject.identityId] };
    setBusy('try');
    const answer = await actions
      .bulk({ ...many, reasonCode, reason, dryRun: true })
      .catch(() => ({ data: undefined, error: UNREACHABLE }));
    setBusy(null);
    setError(answer.error);
    setSaid(answer.data && dryRunSays(answer.data));
  };
  const sessions = subject.kind === 'terminate' ? subject.sessionIds.length : 0;
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <Text size="sm" c="dimmed">
          {first(subject.kind, radius ? radius.systems.length - 1 : 0)}
        </Text>
        {radius ? (
          <BlastTable
            radius={radius}
            kind={subject.kind}
            onRevoke={() => {
              const { id: identityId, name } = radius.identity;
              props.onOther({ actions, subject: { kind: 'revoke', identityId }, name });
            }}
          />
        ) : look.error ? (
          <Text size="sm">{look.error.message}</Text>
        ) : (
          <Loading rows={3} />
        )}
        {opens ? null : <AtStake query={{ kind: subject.kind, ...ids }} />}
        {radius && !opens && asksHits(subject, radius) ? <Hit identityIds={[radius.identity.id]} /> : null}
        <ReasonFields
          code={opens ? null : reasonCode}
          onCode={setReasonCode}
          reason={reason}
          onReason={setReason}
          minRows={2}
        />
        <SecondOrError second={radius?.second} error={error} with={second} />
        {said ? (
          <Alert color="blue" variant="outline" role="status">
            {said}
          </Alert>
        ) : null}
        <Group justify="flex-end" gap="xs">
          <Button onClick={onClose}>Cancel</Button>
          <Button onClick={() => void tryDry()} loading={busy === 'try'} disabled={busy === 'do'}>
            Dry run
          </Button>
          <Button
            type="submit"
            variant="filled"
            color={opens ? 'blue' : 'red'}
            loading={busy === 'do' || second.asking}
            disabled={second.asked !== undefined}
            data-autofocus
          >
            {radius?.second ? 'Ask a second operator' : words.button(sessions)}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

/** Says what it hits, asks the reason, and then turns into the steps as they happen. The button has the focus: click + Enter ends it. */
export function RevocationDialog(props: RevocationDialogProps) {
  const { opened, onClose, onClosed, subject, name } = props;
  const [id, setId] = useState<string>();
  const words = WORDS[subject.kind];
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      onExitTransitionEnd={() => {
        setId(undefined);
        onClosed();
      }}
      size={600}
      title={
        <>
          {id ? words.after : words.title}{' '}
          <span style={{ fontFamily: 'var(--mantine-font-family-monospace)' }}>{name}</span>
        </>
      }
    >
      {id ? <LiveRevocation id={id} onClose={onClose} /> : <Ask key={subject.kind} props={props} onDone={setId} />}
    </Modal>
  );
}
