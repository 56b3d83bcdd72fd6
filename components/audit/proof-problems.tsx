import { Anchor } from '@mantine/core';
import Link from 'next/link';
import { Badge } from '@/components/ui/badge';
import { type Column, DataList } from '@/components/ui/data-list';
import { Panel } from '@/components/ui/panel';
import ui from '@/components/ui/ui.module.css';
import { PROBLEM_WORDS } from '@/lib/decisions/verify/format';
import type { Problem, Verification } from '@/lib/decisions/verify/model';

const columns: Column<Problem>[] = [
  { key: 'code', header: 'What', width: 190, cell: (row) => <Badge tone="red">{PROBLEM_WORDS[row.code]}</Badge> },
  {
    key: 'message',
    header: 'Where, and how it differs',
    cell: (row) => <span className={ui.mono}>{row.message}</span>,
  },
  { key: 'open', header: '', width: 70, cell: (row) => <OpenDecision record={row.record} /> },
];

/** A decision that was changed can still be looked at, if it is there. */
function OpenDecision({ record }: { record: string }) {
  const id = /^decision (\S+)$/.exec(record)?.[1];
  return id ? (
    <Anchor component={Link} href={`/decisions/${id}`} size="xs">
      Open
    </Anchor>
  ) : null;
}

/** What a proof found to be wrong. */
export function ProofProblems({ result }: { result: Verification }) {
  const more = result.problemsTotal - result.problems.length;
  return (
    <div style={{ marginTop: 12 }}>
      <Panel flush title="What is broken" note={more > 0 ? `${more} more are not listed` : undefined}>
        <DataList
          caption="What is broken"
          rows={result.problems}
          rowKey={(row) => `${row.code} ${row.record} ${row.message}`}
          columns={columns}
          maxHeight={320}
          empty={null}
        />
      </Panel>
    </div>
  );
}
