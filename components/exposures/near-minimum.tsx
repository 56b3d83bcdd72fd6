'use client';

import { Text } from '@mantine/core';
import { EndMinimum } from '@/components/exposures/end-minimum';
import { MinimumTable } from '@/components/exposures/minimum-table';
import { useApi } from '@/components/ui/use-api';
import { belowText } from '@/lib/exposures/format';
import type { ExposureView } from '@/lib/exposures/model';
import type { MinimumSet } from '@/lib/replay/minimum-set-model';
import type { RevocationActions } from '@/lib/revocations/actions-model';

/** Of an exposure near its limit: the fewest sessions whose end brings it back below the level it has reached. */
export function NearMinimum({ exposure, actions }: { exposure: ExposureView; actions: RevocationActions }) {
  const { id, warned, limit } = exposure;
  const { data } = useApi<MinimumSet>(
    `/exposures/${id}/minimum-set`,
    { below: String(warned ?? 100) },
    { enabled: warned !== null && limit !== null },
  );
  const ids = data?.minimum ?? [];
  if (warned === null || !data || ids.length === 0) return null;
  const labels = ids.map((one) => data.sessions.find((session) => session.sessionId === one)?.label ?? 'a session');
  return (
    <>
      <Text size="xs" c="dimmed" mt={6}>
        {belowText(labels, warned, data)}
      </Text>
      <MinimumTable found={data} />
      <EndMinimum found={data} actions={actions} size="xs" />
    </>
  );
}
