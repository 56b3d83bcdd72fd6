'use client';

import { Button, Group, Stack, Text } from '@mantine/core';
import Link from 'next/link';
import { useEffect, useState } from 'react';
import { Residuals, Steps } from '@/components/revocations/steps';
import { duration } from '@/components/ui/dates';
import { Loading } from '@/components/ui/loading';
import { StateBadge } from '@/components/ui/state-badge';
import { useApi } from '@/components/ui/use-api';
import { When } from '@/components/ui/when';
import { atRest, reasonWords, verifiedMs } from '@/lib/revocations/format';
import type { RevocationDetail } from '@/lib/revocations/model';

/** One revocation, looked at four times a second until it is at rest. */
export function useRevocation(id: string, initialData?: RevocationDetail) {
  const [resting, setResting] = useState(initialData ? atRest(initialData) : false);
  const answer = useApi<RevocationDetail>(`/revocations/${id}`, {}, { initialData, everyMs: resting ? 5_000 : 250 });
  const now = answer.data ? atRest(answer.data) : false;
  useEffect(() => setResting(now), [now]);
  return answer;
}

/** The second half of the dialog: what was asked, happening. */
export function LiveRevocation({ id, onClose }: { id: string; onClose: () => void }) {
  const { data, error } = useRevocation(id);
  if (!data) return error ? <Text size="sm">{error.message}</Text> : <Loading rows={4} />;
  const took = verifiedMs(data);
  const left = data.steps.reduce((sum, step) => sum + step.residuals.length, 0);
  return (
    <Stack gap="sm">
      <Group gap="xs" wrap="wrap">
        <StateBadge state={data.state} />
        <Text size="sm" c="dimmed">
          requested by {data.actorName} at <When at={data.requestedAt} show="time" /> ·{' '}
          {reasonWords(data.reasonCode).toLowerCase()}
          {took === null ? '' : ` · verified after ${duration(took)}`}
          {left ? ` · ${left} residual` : ''}
        </Text>
      </Group>
      <Steps steps={data.steps} />
      <Residuals steps={data.steps} />
      <Group justify="flex-end" gap="xs">
        <Button component={Link} href={`/revocations/${id}`}>
          Proof
        </Button>
        <Button onClick={onClose} data-autofocus>
          Close
        </Button>
      </Group>
    </Stack>
  );
}
