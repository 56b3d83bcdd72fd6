'use client';

import { Text, Textarea } from '@mantine/core';
import Link from 'next/link';
import { useState } from 'react';
import { Acts } from '@/components/playbooks/acts';
import classes from '@/components/playbooks/playbooks.module.css';
import { StepFoot } from '@/components/playbooks/step-foot';
import type { WorkProps } from '@/components/playbooks/work-props';
import { DataList } from '@/components/ui/data-list';
import { StateBadge } from '@/components/ui/state-badge';
import { VerdictBadge } from '@/components/ui/verdict-badge';
import { When } from '@/components/ui/when';
import type { Verdict } from '@/lib/decisions/model';

/** Events per system, decisions and findings since then, and what was done in its sessions and under them; each leads on. */
export function LogStep({ playbook, open, onFinish, busy }: WorkProps) {
  const [conclusion, setConclusion] = useState('');
  const { log, identityId } = playbook;
  return (
    <>
      <div className={classes.columns}>
        <DataList
          caption="Events per system in the window"
          rows={log.sources}
          rowKey={(row) => row.source}
          empty={<p className={classes.note}>No log tells of anything since then.</p>}
          columns={[
            { key: 'source', header: 'System', cell: (row) => row.source },
            { key: 'events', header: 'Events', align: 'right', cell: (row) => row.events },
            { key: 'failures', header: 'Failed', align: 'right', cell: (row) => row.failures },
            { key: 'first', header: 'First', align: 'right', cell: (row) => <When at={row.firstAt} /> },
            { key: 'last', header: 'Last', align: 'right', cell: (row) => <When at={row.lastAt} /> },
          ]}
        />
        <div>
          <Text size="sm" fw={600}>
            <Link href={`/decisions?identityId=${identityId}`}>Decisions</Link>
          </Text>
          {log.verdicts.length === 0 ? <Text size="sm">None since then.</Text> : null}
          {log.verdicts.map((one) => (
            <div key={one.verdict}>
              <VerdictBadge verdict={one.verdict as Verdict} /> {one.count}
            </div>
          ))}
          <Text size="sm" fw={600} mt="sm">
            <Link href={`/findings?identityId=${identityId}`}>Findings</Link>
          </Text>
          {log.findings.length === 0 ? <Text size="sm">None since then.</Text> : null}
          {log.findings.map((one) => (
            <div key={one.id}>
              <StateBadge state={one.severity} /> <Link href={`/findings/${one.id}`}>{one.title}</Link>{' '}
              <When at={one.lastSeenAt} />
            </div>
          ))}
          <Text size="sm" mt="sm">
            <Link href={`/sessions?identityId=${identityId}`}>Its sessions</Link> ·{' '}
            <Link href={`/identities/${identityId}`}>its time line</Link>
          </Text>
        </div>
      </div>
      <Acts playbookId={playbook.id} />
      {open ? (
        <StepFoot
          done="Done: logs correlated"
          busy={busy}
          disabled={conclusion.trim().length < 3}
          onDone={() => onFinish({ id: playbook.id, kind: 'log_correlation', conclusion })}
        >
          <Textarea
            style={{ flex: 1 }}
            label="What the logs show"
            value={conclusion}
            autosize
            minRows={2}
            maxRows={8}
            maxLength={2000}
            onChange={(event) => setConclusion(event.currentTarget.value)}
          />
        </StepFoot>
      ) : null}
    </>
  );
}
