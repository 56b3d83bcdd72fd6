'use client';

import { Textarea } from '@mantine/core';
import { useState } from 'react';
import classes from '@/components/playbooks/playbooks.module.css';
import { StepFoot } from '@/components/playbooks/step-foot';
import type { WorkProps } from '@/components/playbooks/work-props';
import { DataList } from '@/components/ui/data-list';
import { When } from '@/components/ui/when';

/** Granted beside used, over 90 days, and what was taken away. */
export function PrivilegeStep({ playbook, open, onFinish, busy }: WorkProps) {
  const [text, setText] = useState('');
  const reduced = text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean)
    .slice(0, 100);
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
      {open ? (
        <StepFoot
          done={`Done: ${reduced.length} taken away`}
          busy={busy}
          disabled={reduced.length === 0}
          onDone={() => onFinish({ id: playbook.id, kind: 'privilege_reduction', reduced })}
        >
          <Textarea
            style={{ flex: 1 }}
            label="What was taken away, one a line"
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
