'use client';

import { SimpleGrid, Stack } from '@mantine/core';
import { grouped, sessionsHref, whence } from '@/components/intake/intake-words';
import { RefusedLines } from '@/components/intake/refused-lines';
import { ErrorState } from '@/components/ui/error-state';
import { PageHeader } from '@/components/ui/page-header';
import { Stat } from '@/components/ui/stat';
import { StateBadge } from '@/components/ui/state-badge';
import { useApi } from '@/components/ui/use-api';
import { When } from '@/components/ui/when';
import { plural } from '@/lib/exposures/format';
import { bytesText } from '@/lib/platform/size-format';
import type { BatchRow } from '@/lib/sessions/inbox-model';

function sentence({ state, result }: BatchRow): string {
  if (state === 'failed') return 'This batch could not be read.';
  if (!result) return 'This batch waits to be taken in.';
  if (result.lines === 0) return 'There was no record in this batch.';
  const { events, rejectedTotal, duplicates } = result;
  const known = duplicates > 0 ? `, ${grouped(duplicates)} were known already` : '';
  const refused =
    rejectedTotal > 0 ? `, ${grouped(rejectedTotal)} ${plural(rejectedTotal, 'was', 'were')} refused` : '';
  return `${grouped(events)} new ${plural(events, 'event')} of ${grouped(result.lines)} records${known}${refused}.`;
}

/** One batch: what was in it, what became of it, and what was refused. */
export function BatchPage({ initial }: { initial: BatchRow }) {
  const { data: batch = initial } = useApi<BatchRow>(`/event-batches/${initial.id}`, {}, { initialData: initial });
  const { result } = batch;
  const href = result?.from ? sessionsHref(result.format, result.from, result.to) : undefined;
  return (
    <>
      <PageHeader
        title={sentence(batch)}
        sub={
          <>
            <StateBadge state={batch.state} /> {whence(batch)} <When at={batch.receivedAt} />, {bytesText(batch.bytes)},
            read as {batch.mapping ?? result?.format ?? batch.format}
          </>
        }
      />
      <Stack gap="md">
        {batch.error ? <ErrorState message={batch.error} /> : null}
        {result ? (
          <>
            <SimpleGrid cols={{ base: 2, md: 4 }} spacing="md">
              <Stat label="New events" value={grouped(result.events)} sub="their sessions" href={href} />
              <Stat label="Known already" value={grouped(result.duplicates)} sub="sent before, stored once" />
              <Stat label="No session fact" value={grouped(result.skipped)} sub="understood, and nothing to keep" />
              <Stat
                label="Refused"
                value={grouped(result.rejectedTotal)}
                tone={result.rejectedTotal > 0 ? 'amber' : undefined}
                href="#refused"
              />
            </SimpleGrid>
            <RefusedLines refused={result.rejected} total={result.rejectedTotal} />
          </>
        ) : null}
      </Stack>
    </>
  );
}
