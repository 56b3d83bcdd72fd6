'use client';

import { Anchor } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import Link from 'next/link';
import { useState } from 'react';
import type { PolicyActions } from '@/components/policies/actions-model';
import classes from '@/components/policies/policies.module.css';
import { ReasonDialog } from '@/components/policies/reason-dialog';
import { useMay } from '@/components/shell/operator-context';
import { Badge } from '@/components/ui/badge';
import { useApi } from '@/components/ui/use-api';
import { When } from '@/components/ui/when';
import type { ExemptionRow } from '@/lib/policies/life-model';

interface ExemptionListProps {
  /** Of a set, or of an identity. */
  query: { set?: string; identityId?: string; past?: string };
  initial?: { items: ExemptionRow[] };
  end: PolicyActions['endExemption'];
}

/** Whom a rule does not bind, until when and why; those that are over say so. */
export function ExemptionList({ query, initial, end }: ExemptionListProps) {
  const { data = initial } = useApi<{ items: ExemptionRow[] }>('/exemptions', query, { initialData: initial });
  const [ending, setEnding] = useState<ExemptionRow>();
  const manages = useMay('policy.manage');
  const queries = useQueryClient();
  const items = data?.items ?? [];
  if (items.length === 0)
    return (
      <p className={classes.dim}>
        {query.identityId ? 'It is exempt from no rule.' : 'Every rule binds everybody it is about.'}
      </p>
    );
  return (
    <>
      <ul className={classes.items}>
        {items.map((row) => (
          <li key={row.id}>
            <div className={classes.itemHead}>
              {query.identityId ? null : <Subject row={row} />}
              <span>
                {query.identityId ? '' : 'from '}
                <Link href={`/policies/${row.set}#rule-${row.rule}`} className={classes.mono}>
                  {query.set ? row.rule : `${row.set}/${row.rule}`}
                </Link>
                {query.identityId && row.workflow ? ` by workflow ${row.workflow.name}` : ''}
              </span>
              {row.state === 'active' ? <Badge tone="amber">exempt</Badge> : <Badge>{row.state}</Badge>}
              {row.state === 'active' && manages ? (
                <Anchor component="button" type="button" size="xs" onClick={() => setEnding(row)}>
                  end it
                </Anchor>
              ) : null}
            </div>
            <p className={classes.words}>
              {row.state === 'active' ? 'until' : row.state === 'expired' ? 'expired' : 'ended'}{' '}
              <When at={row.endedAt ?? row.until} show="absolute" /> · {row.reason}
            </p>
            <p className={`${classes.words} ${classes.dim}`}>
              given by {row.createdBy} <When at={row.createdAt} />
              {row.endedBy ? `; ended by ${row.endedBy}: ${row.endReason}` : ''}
            </p>
          </li>
        ))}
      </ul>
      <ReasonDialog
        opened={ending !== undefined}
        onClose={() => setEnding(undefined)}
        title="End the exemption"
        confirm="Let the rule bind again"
        onConfirm={async (reason) => {
          const result = await end({ id: ending!.id, reason });
          if (!result.error) await queries.invalidateQueries({ queryKey: ['api', '/exemptions'] });
          return result;
        }}
      >
        {ending
          ? `${ending.rule} binds ${ending.identity?.name ?? ending.workflow?.name} again from the next request.`
          : null}
      </ReasonDialog>
    </>
  );
}

function Subject({ row }: { row: ExemptionRow }) {
  if (row.identity)
    return (
      <Link href={`/identities/${row.identity.id}`} className={classes.mono}>
        {row.identity.name}
      </Link>
    );
  return (
    <span>
      workflow <Link href={`/workflows/${row.workflow?.id}`}>{row.workflow?.name}</Link>
    </span>
  );
}
