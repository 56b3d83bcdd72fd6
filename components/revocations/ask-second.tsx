'use client';

import { Button, Text } from '@mantine/core';
import { useState } from 'react';
import type { RevocationActions } from '@/lib/revocations/actions-model';
import type { PreviewInput, ReasonCode } from '@/lib/revocations/model';

interface AskSecondProps {
  actions: RevocationActions;
  subject: PreviewInput;
  why: { reasonCode: ReasonCode; reason: string };
}

/** Asks a second operator for what reaches further than one may go alone. */
export function AskSecond({ actions, subject, why }: AskSecondProps) {
  const [busy, setBusy] = useState(false);
  const [said, setSaid] = useState<string>();
  const ask = async () => {
    setBusy(true);
    const input =
      subject.kind === 'terminate'
        ? { kind: subject.kind, sessionIds: subject.sessionIds, ...why }
        : { kind: subject.kind, identityIds: [subject.identityId], ...why };
    const answer = await actions
      .propose(input)
      .catch(() => ({ data: undefined, error: { code: 'unreachable', message: 'Braid could not be reached.' } }));
    setBusy(false);
    const warning = answer.data?.warning;
    const asked = `Asked. It waits on the revocations page${warning ? `. ${warning}` : ' until somebody agrees.'}`;
    setSaid(answer.error?.message ?? asked);
  };
  if (said)
    return (
      <Text size="sm" mt="xs" role="status">
        {said}
      </Text>
    );
  return (
    <div>
      <Button size="xs" mt="xs" loading={busy} onClick={ask}>
        Ask a second operator
      </Button>
    </div>
  );
}
