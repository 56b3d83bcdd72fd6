'use client';

import { Alert, Button, Text } from '@mantine/core';
import { useState } from 'react';
import type { ActionError } from '@/lib/http/model';
import type { RevocationActions } from '@/lib/revocations/actions-model';
import type { PreviewInput, ReasonCode } from '@/lib/revocations/model';

interface Asked {
  actions: RevocationActions;
  subject: PreviewInput;
  why: { reasonCode: ReasonCode; reason: string };
}

/** Asks a second operator for what reaches further than one may go alone. */
export function useAskSecond({ actions, subject, why }: Asked) {
  const [asking, setAsking] = useState(false);
  const [asked, setAsked] = useState<string>();
  const ask = async () => {
    setAsking(true);
    const input =
      subject.kind === 'terminate'
        ? { kind: subject.kind, sessionIds: subject.sessionIds, ...why }
        : { kind: subject.kind, identityIds: [subject.identityId], ...why };
    const answer = await actions
      .propose(input)
      .catch(() => ({ data: undefined, error: { code: 'unreachable', message: 'Braid could not be reached.' } }));
    setAsking(false);
    const warning = answer.data?.warning;
    const told = `Asked. It waits on the revocations page${warning ? `. ${warning}` : ' until somebody agrees.'}`;
    setAsked(answer.error?.message ?? told);
  };
  return { asking, asked, ask };
}

interface SecondProps {
  /** Why two have to agree, known before the click. */
  second: string | undefined;
  /** Why nothing was done. */
  error: ActionError | undefined;
  with: ReturnType<typeof useAskSecond>;
}

/** That two have to agree, before the click; or why nothing was done, and where only that was why, the way to ask. */
export function SecondOrError({ second, error, with: { asking, asked, ask } }: SecondProps) {
  const late = error?.code === 'response.second_operator' && !second;
  return (
    <>
      {second ? (
        <Alert color="yellow" variant="outline" title="Two have to agree">
          {second}
        </Alert>
      ) : null}
      {error ? (
        <Alert color="red" variant="outline" title="Nothing was done" role="alert">
          {error.message}
          {late && !asked ? (
            <div>
              <Button size="xs" mt="xs" loading={asking} onClick={ask}>
                Ask a second operator
              </Button>
            </div>
          ) : null}
        </Alert>
      ) : null}
      {asked ? (
        <Text size="sm" role="status">
          {asked}
        </Text>
      ) : null}
    </>
  );
}
