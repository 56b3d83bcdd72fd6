'use client';

import { Button, Title } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import Link from 'next/link';
import { useState } from 'react';
import classes from '@/components/identities/identities.module.css';
import { systemName } from '@/components/sessions/system-name';
import { useMay } from '@/components/shell/operator-context';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import { useApi } from '@/components/ui/use-api';
import { When } from '@/components/ui/when';
import type { ActionResult } from '@/lib/http/model';
import type { Likely } from '@/lib/identities/likely-model';
import type { MergeInput, MergeRow, UnmergeInput } from '@/lib/identities/merge-model';
import type { IdentityDetail } from '@/lib/identities/model';

export interface MergeActions {
  merge: (input: MergeInput) => Promise<ActionResult<{ id: string }>>;
  unmerge: (input: UnmergeInput) => Promise<ActionResult<{ id: string }>>;
}

const REASONS = {
  same_owner: 'The same service, as its owner says',
  same_credential: 'The same credential or role',
  renamed: 'It was renamed',
};
const UNDO = { not_the_same: 'They are not the same', mistake: 'Merged by mistake' };

/** Who may be the same one elsewhere, with why and how sure; what was merged, and can be undone. */
export function Merges({ identity, actions }: { identity: IdentityDetail; actions: MergeActions }) {
  const likely = useApi<{ items: Likely[] }>(`/identities/${identity.id}/likely`);
  const merges = useApi<{ items: MergeRow[] }>(`/identities/${identity.id}/merges`);
  const [joining, setJoining] = useState<Likely>();
  const [undoing, setUndoing] = useState<MergeRow>();
  const may = useMay('identity.annotate');
  const client = useQueryClient();
  const renew = () => void client.invalidateQueries({ queryKey: ['api'] });
  const done = merges.data?.items ?? [];
  return (
    <section>
      <Title order={3} fz={14} mb="xs">
        Likely the same one
      </Title>
      {likely.data && likely.data.items.length > 0 ? (
        <table className={classes.aliases}>
          <thead>
            <tr>
              <th scope="col">Identity</th>
              <th scope="col">Seen in</th>
              <th scope="col">Why</th>
              <th scope="col">Sure</th>
              <th scope="col">
                <span className={classes.dim}>{may ? 'Merge' : ''}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {likely.data.items.map((one) => (
              <tr key={one.id}>
                <td>
                  <Link href={`/identities/${one.id}`}>{one.name}</Link>
                </td>
                <td>{one.sources.map(systemName).join(', ') || '–'}</td>
                <td className={classes.dim}>{one.reason}</td>
                <td>{Math.round(one.confidence * 100)} %</td>
                <td>
                  {may ? (
                    <Button
                      size="compact-xs"
                      onClick={() => setJoining(one)}
                      aria-label={`Merge ${one.name} into this`}
                    >
                      Merge…
                    </Button>
                  ) : null}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      ) : (
        <p className={classes.dim}>{likely.data ? 'Nobody at another system looks like it.' : '…'}</p>
      )}
      {done.length > 0 ? (
        <ul style={{ margin: '8px 0 0', paddingLeft: 18 }}>
          {done.map((row) => (
            <li key={row.id}>
              {row.from.id === identity.id ? (
                <>
                  It goes on as <Link href={`/identities/${row.into.id}`}>{row.into.name}</Link>
                </>
              ) : (
                <>
                  <Link href={`/identities/${row.from.id}`}>{row.from.name}</Link> goes on as this one
                </>
              )}{' '}
              since <When at={row.at} show="absolute" />, says {row.byName}: {row.reason} ({row.names} names,{' '}
              {row.sessions} live sessions moved).{' '}
              {row.undoneAt ? (
                <>
                  Undone by {row.undoneBy} <When at={row.undoneAt} />.
                </>
              ) : may ? (
                <Button size="compact-xs" onClick={() => setUndoing(row)}>
                  Undo…
                </Button>
              ) : null}
            </li>
          ))}
        </ul>
      ) : null}
      <ConfirmDialog
        opened={joining !== undefined}
        onClose={() => setJoining(undefined)}
        title={`Merge ${joining?.name ?? ''} into ${identity.name}`}
        confirm="Merge them"
        reasons={REASONS}
        onConfirm={async ({ reasonCode, reason }) => {
          const words = [reasonCode, reason].filter(Boolean).join(': ').slice(0, 1000);
          const result = await actions.merge({ id: identity.id, fromId: joining?.id ?? '', reason: words });
          if (!result.error) renew();
          return result;
        }}
      >
        Whatever means <strong>{joining?.name}</strong> means <strong>{identity.name}</strong> from now on, and its live
        sessions are this one’s: they count together, and end together. What both have used counts together against
        limits per identity. What each did before stays with it. It can be undone.
      </ConfirmDialog>
      <ConfirmDialog
        opened={undoing !== undefined}
        onClose={() => setUndoing(undefined)}
        title="Undo the merge"
        confirm="Undo the merge"
        reasons={UNDO}
        onConfirm={async ({ reasonCode, reason }) => {
          const words = [reasonCode, reason].filter(Boolean).join(': ').slice(0, 1000);
          const result = await actions.unmerge({ id: undoing?.id ?? '', reason: words });
          if (!result.error) renew();
          return result;
        }}
      >
        Names and sessions that moved go back to <strong>{undoing?.from.name}</strong>, as far as they are still here,
        and so do sessions its names opened since, with what was found in them. Decisions stay as they were made.
      </ConfirmDialog>
    </section>
  );
}
