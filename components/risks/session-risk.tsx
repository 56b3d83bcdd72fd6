'use client';

import { Text } from '@mantine/core';
import { Because, RiskBadge } from '@/components/risks/risk-words';
import { Panel } from '@/components/ui/panel';
import { useApi } from '@/components/ui/use-api';
import type { Risk } from '@/lib/risks/model';

/** What speaks against this session, whatever is said of its credential. */
export function SessionRisk({ sessionId }: { sessionId: string }) {
  const { data } = useApi<Risk>(`/sessions/${sessionId}/risk`);
  if (!data) return null;
  return (
    <Panel title="Risk of this session" note={<RiskBadge risk={data} />}>
      {data.level ? (
        <Because risk={data} />
      ) : (
        <Text size="sm" c="dimmed">
          No open finding speaks against it. Its credential and its identity are judged for themselves.
        </Text>
      )}
    </Panel>
  );
}
