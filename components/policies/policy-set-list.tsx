'use client';

import { Button } from '@mantine/core';
import Link from 'next/link';
import type { PolicyActions } from '@/components/policies/actions-model';
import { ExemptionList } from '@/components/policies/exemption-list';
import classes from '@/components/policies/policies.module.css';
import { useMay } from '@/components/shell/operator-context';
import { Badge } from '@/components/ui/badge';
import { type Column, DataList } from '@/components/ui/data-list';
import { EmptyState } from '@/components/ui/empty-state';
import { Identifier } from '@/components/ui/identifier';
import { PageHeader } from '@/components/ui/page-header';
import { Panel } from '@/components/ui/panel';
import { useApi } from '@/components/ui/use-api';
import { When } from '@/components/ui/when';
import { numberWord, plural, sentenceCase } from '@/lib/exposures/format';
import type { Page } from '@/lib/http/model';
import type { ExemptionRow } from '@/lib/policies/life-model';
import type { PolicySetRow } from '@/lib/policies/model';

const COLUMNS: Column<PolicySetRow>[] = [
  { key: 'name', header: 'Set', cell: (row) => <span className={classes.mono}>{row.name}</span> },
  { key: 'mode', header: 'Mode', cell: (row) => <ModeBadge mode={row.state === 'shadow' ? 'shadow' : row.mode} /> },
  { key: 'version', header: 'Version', align: 'right', cell: (row) => row.version },
  { key: 'rules', header: 'Rules', align: 'right', cell: (row) => row.rules },
  { key: 'meters', header: 'Meters', align: 'right', cell: (row) => row.meters },
  { key: 'hash', header: 'Hash', cell: (row) => <Identifier value={row.hash} max={13} /> },
  { key: 'since', header: 'Since', cell: (row) => <When at={row.activatedAt ?? row.createdAt} show="absolute" /> },
  { key: 'by', header: 'Applied by', cell: (row) => row.activatedBy ?? row.createdBy },
];

/** Enforced or only watched. */
export function ModeBadge({ mode }: { mode: PolicySetRow['mode'] }) {
  return mode === 'enforce' ? (
    <Badge tone="green">enforced</Badge>
  ) : (
    <Badge tone="violet" title="Judged and logged; it changes no verdict">
      shadow
    </Badge>
  );
}

interface PolicySetListProps {
  initial: Page<PolicySetRow>;
  drafts: { name: string; updatedAt: string; updatedBy: string }[];
  exemptions: ExemptionRow[];
  end: PolicyActions['endExemption'];
}

export function PolicySetList({ initial, drafts, exemptions, end }: PolicySetListProps) {
  const manages = useMay('policy.manage');
  const { data = initial } = useApi<Page<PolicySetRow>>('/policies', {}, { initialData: initial });
  return (
    <>
      <PageHeader
        title={headline(data.items)}
        sub="A set is an immutable version of policies. All active sets judge every request; the most restrictive verdict wins."
        actions={
          manages ? (
            <Button component={Link} href="/policies/new">
              New policy set
            </Button>
          ) : null
        }
      />
      <div className={classes.column}>
        <Panel flush>
          <DataList
            caption="Active policy sets"
            columns={COLUMNS}
            rows={data.items}
            rowKey={(row) => row.id}
            rowHref={(row) => `/policies/${row.name}${row.state === 'shadow' ? `?version=${row.version}` : ''}`}
            empty={
              <EmptyState title="No policy set is active">
                Until one is, the decision point denies every request with the reason <code>no_policy</code>. Apply a
                folder that holds a <code>set.yaml</code>: <code>npx braid policy apply ./policies</code>, or begin{' '}
                <Link href="/policies/new">with one that comes with Braid</Link>.
              </EmptyState>
            }
          />
        </Panel>
        {drafts.length > 0 ? (
          <Panel title="Drafts" note="they decide nothing until they are applied">
            <ul className={classes.items}>
              {drafts.map((draft) => (
                <li key={draft.name}>
                  <Link href={`/policies/${draft.name}/edit`} className={classes.mono}>
                    {draft.name}
                  </Link>{' '}
                  <span className={classes.dim}>
                    saved <When at={draft.updatedAt} /> by {draft.updatedBy}
                  </span>
                </li>
              ))}
            </ul>
          </Panel>
        ) : null}
        {exemptions.length > 0 ? (
          <Panel title="Exemptions" note="rules that do not bind somebody for now">
            <ExemptionList query={{}} initial={{ items: exemptions }} end={end} />
          </Panel>
        ) : null}
      </div>
    </>
  );
}

function headline(rows: PolicySetRow[]): string {
  const enforced = rows.filter((row) => row.mode === 'enforce' && row.state === 'active');
  const rules = enforced.reduce((sum, row) => sum + row.rules, 0);
  if (rows.length === 0) return 'No policy set is active: every request is denied.';
  const shadow = rows.length - enforced.length;
  const beside = shadow > 0 ? `; ${numberWord(shadow)} more ${shadow === 1 ? 'is' : 'are'} only watching` : '';
  return sentenceCase(
    `${numberWord(rules)} ${plural(rules, 'rule')} of ${numberWord(enforced.length)} ${plural(enforced.length, 'set')} ${rules === 1 ? 'guards' : 'guard'} every request${beside}.`,
  );
}
