'use client';

import { Group, Select, Text, TextInput } from '@mantine/core';
import Link from 'next/link';
import { useState } from 'react';
import { StepFoot } from '@/components/playbooks/step-foot';
import type { WorkProps } from '@/components/playbooks/work-props';
import { RotateButton } from '@/components/revocations/rotate-button';
import { useMay } from '@/components/shell/operator-context';
import { DataList } from '@/components/ui/data-list';
import { shortened } from '@/components/ui/identifier';
import { StateBadge } from '@/components/ui/state-badge';
import { When } from '@/components/ui/when';
import { plural } from '@/lib/exposures/format';
import { OUTCOMES, type Outcome, type PlaybookCredential } from '@/lib/playbooks/model';

/** Rotating from here: a new secret, everything of the old one ended and proven, in one act. */
function Rotations({ playbook, revocations, open }: Pick<WorkProps, 'playbook' | 'revocations' | 'open'>) {
  const may = useMay('identity.rotate');
  const done = playbook.revocations.filter((one) => one.kind === 'rotate' && one.identityId === playbook.identityId);
  const identity = {
    id: playbook.identityId,
    name: playbook.identityName,
    state: playbook.identityState,
    protected: false,
  };
  if (!done.length && !open) return null;
  return (
    <Group justify="space-between" mb="sm" gap="xs">
      <Text size="sm" component="div">
        {done.length
          ? done.map((one) => (
              <div key={one.id}>
                Rotated <When at={one.requestedAt} />: <StateBadge state={one.state} />{' '}
                <Link href={`/revocations/${one.id}`}>Proof</Link>
              </div>
            ))
          : playbook.identityState === 'active'
            ? 'Braid can change the secret and end what the old one opened, in one act.'
            : 'While it is shut its secret is not rotated by Braid: opening it may give the old one back.'}
      </Text>
      {open ? <RotateButton actions={revocations} identity={identity} may={may} size="xs" /> : null}
    </Group>
  );
}

type Reviewed = Record<string, { outcome?: Outcome; note: string }>;

function Outlives({ credential }: { credential: PlaybookCredential }) {
  const n = credential.outlives.length;
  if (n === 0) return <>nothing live</>;
  return (
    <>
      {credential.outlives.slice(0, 3).map((one) => (
        <div key={one.sessionId}>
          <Link href={`/sessions/${one.sessionId}`}>{shortened(one.label, 28)}</Link> ({one.how})
        </div>
      ))}
      {n > 3 ? <div>and {n - 3} more</div> : null}
    </>
  );
}

interface DidProps {
  row: PlaybookCredential;
  outcome: Outcome | undefined;
  note: string;
  set: (part: Partial<Reviewed[string]>) => void;
}

/** What was done with one of them; what a verified rotation replaced is said to be rotated beforehand. */
function Did({ row, outcome, note, set }: DidProps) {
  return (
    <div style={{ display: 'flex', gap: 6 }}>
      <Select
        size="xs"
        w={110}
        aria-label={`What was done with ${row.name}`}
        placeholder="choose"
        data={Object.entries(OUTCOMES).map(([value, label]) => ({ value, label }))}
        value={outcome ?? null}
        onChange={(value) => set({ outcome: (value as Outcome) ?? undefined })}
      />
      <TextInput
        size="xs"
        aria-label={`Note on ${row.name}`}
        placeholder={outcome === 'kept' ? 'why' : 'note'}
        maxLength={500}
        value={note}
        onChange={(event) => set({ note: event.currentTarget.value })}
      />
    </div>
  );
}

/** Each credential with its age, its last use and what would outlive its change, and what was done with it. */
export function SecretStep({ playbook, revocations, open, onFinish, busy }: WorkProps) {
  const [reviewed, setReviewed] = useState<Reviewed>({});
  const [note, setNote] = useState('');
  const set = (id: string, part: Partial<Reviewed[string]>) =>
    setReviewed({ ...reviewed, [id]: { note: '', ...reviewed[id], ...part } });
  const outcomeOf = (row: PlaybookCredential): Outcome | undefined => {
    const said = reviewed[row.id];
    return said && 'outcome' in said ? said.outcome : row.rotatedBy ? 'rotated' : undefined;
  };
  const entries = playbook.credentials.flatMap((row) => {
    const outcome = outcomeOf(row);
    return outcome ? [{ credentialId: row.id, outcome, note: reviewed[row.id]?.note ?? '' }] : [];
  });
  return (
    <>
      <Rotations playbook={playbook} revocations={revocations} open={open} />
      <DataList
        caption="Credentials of this identity"
        rows={playbook.credentials}
        rowKey={(row) => row.id}
        empty={<Text size="sm">No credential of this identity is known. Say below where you looked.</Text>}
        columns={[
          {
            key: 'name',
            header: 'Credential',
            cell: (row) => (
              <>
                <span className="mono">{shortened(row.name, 34)}</span> {row.kind.replaceAll('_', ' ')} in {row.source}
              </>
            ),
          },
          { key: 'state', header: 'State', width: 90, cell: (row) => <StateBadge state={row.state} /> },
          { key: 'age', header: 'First seen', width: 100, cell: (row) => <When at={row.firstSeenAt} /> },
          {
            key: 'used',
            header: 'Last used',
            width: 100,
            cell: (row) => <When at={row.lastUsedAt} never="not told" />,
          },
          {
            key: 'rotated',
            header: 'Replaced',
            width: 110,
            cell: (row) =>
              row.rotatedBy ? <Link href={`/revocations/${row.rotatedBy}`}>rotated, verified</Link> : 'not by Braid',
          },
          { key: 'out', header: 'Lives on after a change', cell: (row) => <Outlives credential={row} /> },
          ...(open
            ? [
                {
                  key: 'do',
                  header: 'What was done',
                  width: 260,
                  cell: (row: PlaybookCredential) => (
                    <Did
                      row={row}
                      outcome={outcomeOf(row)}
                      note={reviewed[row.id]?.note ?? ''}
                      set={(part) => set(row.id, part)}
                    />
                  ),
                },
              ]
            : []),
        ]}
      />
      {open ? (
        <StepFoot
          done={`Done: ${entries.length} ${plural(entries.length, 'credential')} reviewed`}
          busy={busy}
          onDone={() => onFinish({ id: playbook.id, kind: 'secret_review', credentials: entries, note })}
        >
          <TextInput
            style={{ flex: 1 }}
            aria-label="Note on the review"
            placeholder="Note: where else you looked"
            value={note}
            maxLength={2000}
            onChange={(event) => setNote(event.currentTarget.value)}
          />
        </StepFoot>
      ) : null}
    </>
  );
}
