'use client';

import { Alert, Button } from '@mantine/core';
import { useState } from 'react';
import { ReasonDialog } from '@/components/policies/reason-dialog';
import { plural } from '@/lib/exposures/format';
import type { ActionResult } from '@/lib/http/model';
import type { CompletedTask } from '@/lib/sessions/task-model';

export type CompleteTask = (input: { id: string; reason: string }) => Promise<ActionResult<CompletedTask>>;

const saysOf = ({ sessions, left, why }: CompletedTask): string => {
  const ended = `${sessions} ${plural(sessions, 'session is', 'sessions are')} being ended.`;
  return left ? `${ended} ${left} ${plural(left, 'is', 'are')} left: ${why.join('; ')}.` : ended;
};

interface TaskOverProps {
  sessionId: string;
  task: string;
  /** The session itself has ended: what came of the others is still told. */
  ended: boolean;
  complete: CompleteTask;
}

/** Says that the task a session names is over: it ends with every session that names it, and is refused from then on. */
export function TaskOver({ sessionId, task, ended, complete }: TaskOverProps) {
  const [opened, setOpened] = useState(false);
  const [said, setSaid] = useState<string>();
  return (
    <>
      {ended ? null : <Button onClick={() => setOpened(true)}>Task is over…</Button>}
      <ReasonDialog
        opened={opened}
        onClose={() => setOpened(false)}
        title={`Task ${task} is over`}
        confirm="End the task"
        danger
        kept="Kept in the audit log"
        onConfirm={async (reason) => {
          const answer = await complete({ id: sessionId, reason });
          if (answer.data) setSaid(saysOf(answer.data));
          return answer;
        }}
      >
        Every session that names it is refused from the next request, of whichever identity, and ended in its system.
      </ReasonDialog>
      {said ? (
        <Alert color="blue" variant="outline" role="status" py={6}>
          {said}
        </Alert>
      ) : null}
    </>
  );
}
