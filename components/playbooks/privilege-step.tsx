'use client';

import { Button, MultiSelect, Textarea } from '@mantine/core';
import { useState } from 'react';
import { Scopes } from '@/components/consents/scopes';
import { TakeBackDialog } from '@/components/consents/take-back-dialog';
import classes from '@/components/playbooks/playbooks.module.css';
import { StepFoot } from '@/components/playbooks/step-foot';
import type { WorkProps } from '@/components/playbooks/work-props';
import { systemName } from '@/components/sessions/system-name';
import { useMay } from '@/components/shell/operator-context';
import { DataList } from '@/components/ui/data-list';
import { useInfiniteApi } from '@/components/ui/use-infinite-api';
import { When } from '@/components/ui/when';
import type { ConsentRow } from '@/lib/consents/model';

/** What apps were allowed, by it or as it, each with a way to take it back. */
function Consents({ playbook, open, takeBack }: Pick<WorkProps, 'playbook' | 'open' | 'takeBack'>) {
  const may = useMay('identity.revoke');
  const [asked, setAsked] = useState<ConsentRow>();
  const list = useInfiniteApi<ConsentRow>('/consents', { identityId: playbook.identityId, state: 'given' });
  if (list.rows.length === 0) return null;
  return (
    <div style={{ marginTop: 12 }}>
      <DataList
        caption="Consents that stand, newest first"
        list={list}
        rowKey={(row) => row.id}
        maxHeight={280}
        empty={null}
        columns={[
          { key: 'app', header: 'App', cell: (row) => <span className="mono">{row.app}</span> },
          { key: 'grantor', header: 'Allowed by', cell: (row) => `${row.grantor} in ${systemName(row.source)}` },
          { key: 'scopes', header: 'Granted and used', cell: (row) => <Scopes row={row} /> },
          { key: 'live', header: 'Live', align: 'right', width: 60, cell: (row) => row.liveSessions },
          {
            key: 'back',
            header: '',
            align: 'right',
            width: 120,
            cell: (row) =>
              open && may ? (
                <Button size="compact-sm" onClick={() => setAsked(row)} aria-label={`Take back what ${row.app} may`}>
                  Take back…
                </Button>
              ) : null,
          },
        ]}
      />
      <TakeBackDialog
        consent={asked}
        onClose={() => setAsked(undefined)}
        revoke={takeBack}
        onDone={() => {
          list.retry();
        }}
      />
    </div>
  );
}

/** Granted beside used, over 90 days, and what was taken away. */
export function PrivilegeStep({ playbook, open, takeBack, onFinish, busy }: WorkProps) {
  const [text, setText] = useState('');
  const [removed, setRemoved] = useState<string[]>([]);
  const reduced = text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean)
    .slice(0, 100);
  const gone = new Set(playbook.vanished?.map((one) => one.what));
  const taken = reduced.length + gone.size + removed.filter((one) => !gone.has(one)).length;
  const then = [...new Set(playbook.grantedThen?.map((one) => one.what))];
  return (
    <>
      <div className={classes.columns}>
        <DataList
          caption="What it was given"
          rows={[...playbook.granted].sort((a, b) => Number(a.used) - Number(b.used))}
          rowKey={(row) => `${row.from} ${row.what}`}
          maxHeight={280}
          empty={<p className={classes.note}>No system tells what it was given.</p>}
          columns={[
            { key: 'what', header: 'Granted', cell: (row) => <span className="mono">{row.what}</span> },
            { key: 'from', header: 'Told by', cell: (row) => row.from },
            { key: 'used', header: 'Used', width: 110, cell: (row) => (row.used ? 'yes' : 'not seen') },
          ]}
        />
        <DataList
          caption="What it used in the last 90 days"
          rows={playbook.used}
          rowKey={(row) => `${row.from} ${row.action}`}
          maxHeight={280}
          empty={<p className={classes.note}>Nothing it did is known.</p>}
          columns={[
            { key: 'action', header: 'Used, last 90 days', cell: (row) => <span className="mono">{row.action}</span> },
            { key: 'from', header: 'Told by', cell: (row) => row.from },
            { key: 'count', header: 'Times', align: 'right', width: 70, cell: (row) => row.count },
            { key: 'last', header: 'Last', align: 'right', width: 90, cell: (row) => <When at={row.lastAt} /> },
          ]}
        />
      </div>
      <Consents playbook={playbook} open={open} takeBack={takeBack} />
      {playbook.vanished?.length ? (
        <div className={classes.note}>
          Gone since this was started: {playbook.vanished.map((one) => one.what).join('; ')}
        </div>
      ) : null}
      {open ? (
        <StepFoot
          done={`Done: ${taken} taken away`}
          busy={busy}
          disabled={taken === 0}
          onDone={() => onFinish({ id: playbook.id, kind: 'privilege_reduction', removed, reduced })}
        >
          {then.length ? (
            <MultiSelect
              style={{ flex: 1 }}
              label="What of it was taken away"
              description="Done once its systems no longer have it: what they still have is looked at anew."
              data={then}
              value={removed}
              onChange={setRemoved}
              searchable
              clearable
            />
          ) : null}
          <Textarea
            style={{ flex: 1 }}
            label="What else was taken away, one a line"
            value={text}
            autosize
            minRows={2}
            maxRows={8}
            maxLength={20_000}
            onChange={(event) => setText(event.currentTarget.value)}
          />
        </StepFoot>
      ) : null}
    </>
  );
}
