'use client';

import { grouped } from '@/components/intake/intake-words';
import { DataList } from '@/components/ui/data-list';
import { EmptyState } from '@/components/ui/empty-state';
import { Panel } from '@/components/ui/panel';

interface Refused {
  file?: string;
  line: number;
  reason: string;
}

/** Which records were refused, and why: the first hundred. */
export function RefusedLines({ refused, total }: { refused: Refused[]; total: number }) {
  const files = refused.some((row) => row.file);
  return (
    <Panel
      id="refused"
      title="Refused"
      note={total > refused.length ? `the first ${refused.length} of ${grouped(total)}` : grouped(total)}
      flush
    >
      <DataList
        caption="Refused records"
        rows={refused}
        rowKey={(row) => `${row.file ?? ''}:${row.line} ${row.reason}`}
        maxHeight={480}
        empty={<EmptyState title="Nothing was refused">Every record of it could be read.</EmptyState>}
        columns={[
          { key: 'line', header: 'Line', align: 'right', cell: (row) => grouped(row.line), width: 90 },
          ...(files ? [{ key: 'file', header: 'File', cell: (row: Refused) => row.file ?? '' }] : []),
          { key: 'reason', header: 'Why', cell: (row: Refused) => row.reason },
        ]}
      />
    </Panel>
  );
}
