'use client';

import { Progress, SimpleGrid, Stack, Text } from '@mantine/core';
import { grouped, sessionsHref } from '@/components/intake/intake-words';
import { RefusedLines } from '@/components/intake/refused-lines';
import { ErrorState } from '@/components/ui/error-state';
import { PageHeader } from '@/components/ui/page-header';
import { Panel } from '@/components/ui/panel';
import { Stat } from '@/components/ui/stat';
import { StateBadge } from '@/components/ui/state-badge';
import { useApi } from '@/components/ui/use-api';
import { When } from '@/components/ui/when';
import { plural } from '@/lib/exposures/format';
import { bytesText } from '@/lib/platform/size-format';
import type { ImportResult, ImportRow } from '@/lib/sessions/import-model';

function sentence({ state, result }: ImportRow): string {
  if (state === 'failed') return 'This import failed.';
  if (!result) return 'This import is running.';
  if (result.empty && result.lines === 0) return result.files > 1 ? 'All files are empty.' : 'The file is empty.';
  const { events, sessions, identities, findings } = result;
  if (events + result.duplicates + result.skipped === 0) return 'Nothing in it could be read.';
  return `${grouped(events)} new ${plural(events, 'event')} in ${grouped(sessions)} ${plural(sessions, 'session')} of ${grouped(identities)} ${plural(identities, 'identity', 'identities')}; ${grouped(findings)} ${plural(findings, 'finding')}.`;
}

function Numbers({ result }: { result: ImportResult }) {
  const source = result.sources?.length === 1 ? result.sources[0] : undefined;
  const range = new URLSearchParams({
    ...(result.from ? { from: result.from } : {}),
    ...(result.to ? { to: result.to } : {}),
  });
  return (
    <SimpleGrid cols={{ base: 2, md: 4 }} spacing="md">
      <Stat
        label="New events"
        value={grouped(result.events)}
        sub={`${grouped(result.duplicates)} known already, ${grouped(result.skipped)} without a fact`}
      />
      <Stat
        label="Sessions"
        value={grouped(result.sessions)}
        sub="of the time it tells of"
        href={result.from ? sessionsHref(source, result.from, result.to) : undefined}
      />
      <Stat
        label="Findings"
        value={grouped(result.findings)}
        sub="of the time it tells of"
        href={result.from ? `/findings?${range}` : undefined}
        tone={result.findings > 0 ? 'red' : undefined}
      />
      <Stat
        label="Refused"
        value={grouped(result.rejectedTotal)}
        sub={`${result.seconds.toFixed(1)} s for ${grouped(result.lines)} records`}
        tone={result.rejectedTotal > 0 ? 'amber' : undefined}
        href="#refused"
      />
    </SimpleGrid>
  );
}

/** One import: how far it is or what came of it, and which lines were refused. */
export function ImportPage({ initial }: { initial: ImportRow }) {
  const { data: row = initial } = useApi<ImportRow>(
    `/imports/${initial.id}`,
    {},
    { initialData: initial, everyMs: initial.state === 'running' ? 1_000 : 10_000 },
  );
  const { progress, result } = row;
  return (
    <>
      <PageHeader
        title={sentence(row)}
        sub={
          <>
            <StateBadge state={row.state} /> {row.name}, read as {result?.format ?? row.format}, by {row.actorName}{' '}
            <When at={row.createdAt} />
          </>
        }
      />
      <Stack gap="md">
        {row.error ? <ErrorState message={row.error} /> : null}
        {row.state === 'running' && progress ? (
          <Panel>
            <Progress value={(100 * progress.bytesDone) / Math.max(1, progress.bytesTotal)} aria-label="Bytes read" />
            <Text size="sm" c="dimmed" mt={6}>
              {bytesText(progress.bytesDone)} of {bytesText(progress.bytesTotal)}, {grouped(progress.events)} events so
              far
            </Text>
          </Panel>
        ) : null}
        {result ? (
          <>
            <Numbers result={result} />
            <RefusedLines refused={result.rejected} total={result.rejectedTotal} />
          </>
        ) : null}
      </Stack>
    </>
  );
}
