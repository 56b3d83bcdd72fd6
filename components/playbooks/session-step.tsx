'use client';

import { Checkbox, Text } from '@mantine/core';
import Link from 'next/link';
import { useState } from 'react';
import classes from '@/components/playbooks/playbooks.module.css';
import { StepFoot } from '@/components/playbooks/step-foot';
import type { WorkProps } from '@/components/playbooks/work-props';
import { TerminateButton } from '@/components/revocations/terminate-button';
import { systemName } from '@/components/sessions/system-name';
import { useMay } from '@/components/shell/operator-context';
import { StateBadge } from '@/components/ui/state-badge';
import { When } from '@/components/ui/when';
import { KIND_WORDS } from '@/lib/revocations/format';

/** What is still live, what was ended, and which of that proves the step. */
export function SessionStep({ playbook, open, revocations, onFinish, busy }: WorkProps) {
  const may = useMay('session.terminate');
  const standing = playbook.revocations.filter((one) => !one.undone);
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const chosen = standing.filter((one) => one.state === 'verified' && !left.has(one.id)).map((one) => one.id);
  const toggle = (id: string) => {
    const next = new Set(left);
    if (!next.delete(id)) next.add(id);
    setLeft(next);
  };
  const sessions = playbook.live.map((one) => ({ id: one.id, label: one.label, identityName: one.identityName }));
  return (
    <>
      <div className={classes.columns}>
        <div>
          <Text size="sm" fw={600}>
            {playbook.live.length} live now
          </Text>
          <ul className={classes.list}>
            {playbook.live.slice(0, 20).map((one) => (
              <li key={one.id}>
                <Link href={`/sessions/${one.id}`}>{one.label}</Link>
                {one.identityId === playbook.identityId ? '' : ` of ${one.identityName}`} in {systemName(one.source)},
                last validated <When at={one.lastValidatedAt} never="never" />
              </li>
            ))}
          </ul>
        </div>
        <div>
          <Text size="sm" fw={600}>
            Ended since then
          </Text>
          {playbook.revocations.length === 0 ? <Text size="sm">Nothing yet.</Text> : null}
          {playbook.revocations.map((one) => (
            <div key={one.id} style={{ display: 'flex', gap: 8, alignItems: 'center', marginTop: 4 }}>
              {open ? (
                <Checkbox
                  size="xs"
                  aria-label="Counts as evidence"
                  disabled={one.undone || one.state !== 'verified'}
                  checked={chosen.includes(one.id)}
                  onChange={() => toggle(one.id)}
                />
              ) : null}
              <Link href={`/revocations/${one.id}`}>{KIND_WORDS[one.kind]}</Link>
              {one.identityId === playbook.identityId ? null : <span>of {one.identityName}</span>}
              <StateBadge state={one.undone ? 'undone' : one.state} /> <When at={one.requestedAt} />
            </div>
          ))}
        </div>
      </div>
      {open ? (
        <StepFoot
          done={`Done: ${chosen.length} verified`}
          busy={busy}
          disabled={chosen.length === 0}
          onDone={() => onFinish({ id: playbook.id, kind: 'session_termination', revocationIds: chosen.slice(0, 50) })}
        >
          <TerminateButton actions={revocations} sessions={sessions} may={may} />
        </StepFoot>
      ) : null}
    </>
  );
}
