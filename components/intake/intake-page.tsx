'use client';

import { SimpleGrid, Stack } from '@mantine/core';
import { BatchList } from '@/components/intake/batch-list';
import { ImportList } from '@/components/intake/import-list';
import { grouped, intakeSentence } from '@/components/intake/intake-words';
import { PullTable } from '@/components/intake/pull-table';
import { UploadLog } from '@/components/intake/upload-log';
import { PageHeader } from '@/components/ui/page-header';
import { Stat } from '@/components/ui/stat';
import { useApi } from '@/components/ui/use-api';
import { When } from '@/components/ui/when';
import type { ConnectorRow } from '@/lib/connectors/model';
import type { Page } from '@/lib/http/model';
import { bytesText } from '@/lib/platform/size-format';
import type { ImportRow } from '@/lib/sessions/import-model';
import type { BatchRow, Inbox } from '@/lib/sessions/inbox-model';

interface IntakePageProps {
  inbox: Inbox;
  connectors: { items: ConnectorRow[]; nextCursor: null };
  batches: Page<BatchRow>;
  imports: Page<ImportRow>;
}

/** What comes in: sent, pulled and imported, what of it could not be read, and why. */
export function IntakePage({ inbox: first, connectors, batches, imports }: IntakePageProps) {
  const { data: inbox = first } = useApi<Inbox>('/inbox', {}, { initialData: first, everyMs: 3_000 });
  const { data: newest = imports } = useApi<Page<ImportRow>>('/imports', {}, { initialData: imports });
  const { day } = inbox;
  return (
    <>
      <PageHeader
        title={intakeSentence(inbox, newest.items)}
        sub="Events are sent to the decision point, pulled from connected systems and imported from files. What can’t be read is refused with its line and why, and the rest goes in."
        actions={<UploadLog />}
      />
      <Stack gap="md">
        <SimpleGrid cols={{ base: 2, md: 4 }} spacing="md">
          <Stat
            label="Waiting"
            value={grouped(inbox.waiting)}
            sub={
              inbox.oldestAt ? (
                <>
                  {bytesText(inbox.waitingBytes)}, oldest <When at={inbox.oldestAt} />
                </>
              ) : (
                `inbox ${Math.round(inbox.filled * 100)} % full`
              )
            }
            href="/intake?state=received#batches"
            tone={inbox.filled >= 1 ? 'red' : undefined}
          />
          <Stat
            label="Events, 24 h"
            value={grouped(day.events)}
            sub={`of ${grouped(day.lines)} records; ${grouped(day.duplicates)} known already`}
            href="/intake#batches"
          />
          <Stat
            label="Records refused, 24 h"
            value={grouped(day.rejected)}
            sub={day.rejected > 0 ? 'with line and reason' : 'nothing refused'}
            href="/intake?refused=true#batches"
            tone={day.rejected > 0 ? 'amber' : undefined}
          />
          <Stat
            label="Batches failed, 24 h"
            value={grouped(day.failed)}
            sub={`of ${grouped(day.batches)}`}
            href="/intake?state=failed#batches"
            tone={day.failed > 0 ? 'red' : undefined}
          />
        </SimpleGrid>
        <PullTable initial={connectors} />
        <BatchList initial={batches} />
        <ImportList initial={imports} />
      </Stack>
    </>
  );
}
