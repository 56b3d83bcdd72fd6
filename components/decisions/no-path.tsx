'use client';

import { Button } from '@mantine/core';
import Link from 'next/link';
import { Sentence } from '@/components/decisions/sentence';
import { Crumb } from '@/components/shell/crumbs';
import { EmptyState } from '@/components/ui/empty-state';
import { shortened } from '@/components/ui/identifier';
import { PageHeader } from '@/components/ui/page-header';
import { Panel } from '@/components/ui/panel';
import { decisionHeadline } from '@/lib/decisions/format';
import type { DecisionDetail } from '@/lib/decisions/model';

/** A decision that moved nothing measured, and was refused by nothing measured, has no path. */
export function NoPath({ detail }: { detail: DecisionDetail }) {
  const { id } = detail.decision;
  return (
    <>
      <Crumb parts={[{ label: shortened(id, 13), href: `/decisions/${id}`, mono: true }, { label: 'Path' }]} />
      <PageHeader title={<Sentence parts={decisionHeadline(detail.trace)} />} />
      <Panel>
        <EmptyState
          title="This decision has no path"
          actions={
            <Button component={Link} href={`/decisions/${id}`}>
              Open the decision
            </Button>
          }
        >
          {detail.trace.dryRun
            ? 'It was a dry run: it looked at shared state and changed none.'
            : 'No meter of an active policy set measures it, so it moved no exposure.'}
        </EmptyState>
      </Panel>
    </>
  );
}
