'use client';

import { Button, Group, Tooltip } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import Link from 'next/link';
import { useState } from 'react';
import classes from '@/components/responses/responses.module.css';
import { useMay } from '@/components/shell/operator-context';
import { DataList } from '@/components/ui/data-list';
import { EmptyState } from '@/components/ui/empty-state';
import { StateBadge } from '@/components/ui/state-badge';
import { When } from '@/components/ui/when';
import { plural } from '@/lib/exposures/format';
import type { ActionError } from '@/lib/http/model';
import type { AnswerActions } from '@/lib/responses/actions-model';
import { RESPONSE_KINDS, type ResponseRow } from '@/lib/responses/model';

interface ButtonsProps {
  row: ResponseRow;
  actions: AnswerActions;
}

/** What somebody can still do about it: agree, cancel, undo. */
export function ResponseButtons({ row, actions }: ButtonsProps) {
  const [busy, setBusy] = useState<string | null>(null);
  const [failed, setFailed] = useState<string>();
  const queries = useQueryClient();
  const mayEnd = useMay('session.terminate');
  const mayPlace = useMay('policy.manage');
  if (!mayEnd) return null;
  const run = (name: string, action: () => Promise<{ error?: ActionError }>) => async () => {
    setBusy(name);
    setFailed(undefined);
    const { error } = await action().catch(() => ({
      error: { code: 'unreachable', message: 'Braid could not be reached.' },
    }));
    setBusy(null);
    setFailed(error?.message);
    await queries.invalidateQueries({ queryKey: ['api', '/responses'] });
  };
  const open = row.state === 'waiting' || row.state === 'proposed';
  const undoable = row.undoable && (row.kind !== 'enforce' || mayPlace);
  if (!open && !undoable) return null;
  const buttons = (
    <Group gap={6} justify="flex-end">
      {row.state === 'proposed' ? (
        <Tooltip label={row.notYours} disabled={!row.notYours} multiline maw={320} withArrow>
          <Button
            size="xs"
            color="red"
            variant="filled"
            loading={busy === 'agree'}
            data-disabled={row.notYours ? true : undefined}
            aria-disabled={row.notYours !== null}
            aria-describedby={row.notYours ? `why-${row.id}` : undefined}
            onClick={row.notYours ? undefined : run('agree', () => actions.agree({ id: row.id }))}
          >
            Agree and do it
          </Button>
        </Tooltip>
      ) : null}
      {open ? (
        <Button size="xs" loading={busy === 'cancel'} onClick={run('cancel', () => actions.cancel({ id: row.id }))}>
          {row.state === 'proposed' ? 'Refuse' : 'Cancel'}
        </Button>
      ) : null}
      {undoable ? (
        <Button size="xs" loading={busy === 'undo'} onClick={run('undo', () => actions.undo({ id: row.id }))}>
          Undo
        </Button>
      ) : null}
    </Group>
  );
  // It stays where it was clicked until something else is: what it reaches by now stands in the row beside it.
  return (
    <div className={classes.answer}>
      {buttons}
      {failed ? (
        <p role="alert" className={classes.failed}>
          {failed}
        </p>
      ) : null}
    </div>
  );
}

function Outcome({ row }: { row: ResponseRow }) {
  const [first] = row.revocationIds;
  return (
    <>
      <StateBadge state={row.state} />{' '}
      {row.state === 'waiting' && row.dueAt ? (
        <>
          acts <When at={row.dueAt} />
        </>
      ) : null}
      {row.detail ? <span> {row.detail}</span> : null}
      {row.times > 1 ? <span> ({row.times} times within the hour)</span> : null}
      {row.notYours ? <span id={`why-${row.id}`}> {row.notYours}</span> : null}
      {row.state === 'done' || row.state === 'undone' ? (
        <>
          {first ? (
            <Link href={`/revocations/${first}`}>
              {row.revocationIds.length === 1 ? 'revocation' : `${row.revocationIds.length} revocations`}
            </Link>
          ) : null}
          {row.playbookId ? <Link href={`/playbooks/${row.playbookId}`}>playbook</Link> : null}
          {row.policy?.version ? (
            <Link href={`/policies/${row.policy.name}?version=${row.policy.version}`}>
              {row.policy.name} v{row.policy.version}
            </Link>
          ) : null}
          {row.state === 'done' && row.policy?.backAt && row.undoable ? (
            <>
              {' '}
              · back into shadow at <When at={row.policy.backAt} show="time" />
            </>
          ) : null}
          {row.undoable && !row.policy?.backAt ? (
            <>
              {' '}
              · can be undone until <When at={row.undoUntil} show="time" />
            </>
          ) : null}
        </>
      ) : null}
      {row.decidedBy && row.state !== 'refused' ? ` by ${row.decidedBy}` : null}
    </>
  );
}

const reach = ({ radius, kind }: ResponseRow): string =>
  kind === 'playbook' || kind === 'bounds' || kind === 'enforce'
    ? ''
    : `${radius.sessions} live ${plural(radius.sessions, 'session')}${radius.identities > 1 ? `, ${radius.identities} identities` : ''}`;

/** Acts of rules, of policies and of operators who needed a second one. */
export function ResponseList({
  rows,
  actions,
  brief = false,
}: {
  rows: ResponseRow[];
  actions: AnswerActions;
  brief?: boolean;
}) {
  return (
    <DataList
      caption="Automatic and proposed acts"
      rows={rows}
      rowKey={(row) => row.id}
      empty={
        <EmptyState title="Nothing yet">
          What rules and policies do by themselves, and what a guardrail refused, appears here.
        </EmptyState>
      }
      columns={[
        { key: 'at', header: 'Asked', width: 100, cell: (row) => <When at={row.askedAt} /> },
        {
          key: 'what',
          header: 'What',
          cell: (row) => (
            <>
              {RESPONSE_KINDS[row.kind]}
              {row.policy ? `: ${row.policy.name}` : ''}
              {reach(row) ? ` (${reach(row)})` : ''}
            </>
          ),
        },
        ...(brief
          ? []
          : [
              {
                key: 'identity',
                header: 'Identity',
                cell: (row: ResponseRow) =>
                  row.identityId ? (
                    <span title={row.identityNames.join(', ')}>
                      <Link className="mono" href={`/identities/${row.identityId}`} prefetch={false}>
                        {row.identityName}
                      </Link>
                      {row.identityNames.length > 1 ? ` and ${row.identityNames.length - 1} more` : ''}
                    </span>
                  ) : (
                    <Link href="/settings/responses">all</Link>
                  ),
              },
              {
                key: 'finding',
                header: 'Because of',
                cell: (row: ResponseRow) =>
                  row.findingId ? (
                    <Link href={`/findings/${row.findingId}`} prefetch={false}>
                      {row.findingTitle ?? 'a finding'}
                    </Link>
                  ) : (
                    row.reason
                  ),
              },
            ]),
        { key: 'by', header: 'Wanted by', cell: (row) => row.askedBy },
        { key: 'outcome', header: 'Outcome', cell: (row) => <Outcome row={row} /> },
        { key: 'do', header: '', cell: (row) => <ResponseButtons row={row} actions={actions} /> },
      ]}
    />
  );
}
