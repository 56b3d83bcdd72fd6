'use client';

import { Button, Group, Select, Text, Textarea, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import Link from 'next/link';
import { useState } from 'react';
import classes from '@/components/playbooks/playbooks.module.css';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import { FoundSelect } from '@/components/ui/found-select';
import { shortened } from '@/components/ui/identifier';
import { Panel } from '@/components/ui/panel';
import { When } from '@/components/ui/when';
import type { PlaybookActions } from '@/lib/playbooks/actions-model';
import type { PlaybookDetail } from '@/lib/playbooks/model';
import {
  type CaseObject,
  OBJECT_KINDS,
  OBJECT_ROLES,
  type ObjectKind,
  type ObjectRole,
} from '@/lib/playbooks/objects-model';

interface CaseObjectsProps {
  playbook: PlaybookDetail;
  actions: Pick<PlaybookActions, 'link' | 'unlink'>;
  may: boolean;
}

function What({ one }: { one: CaseObject }) {
  const name = shortened(one.name, 48);
  return (
    <>
      {OBJECT_KINDS[one.kind]}{' '}
      {one.kind === 'identity' ? (
        <Link href={`/identities/${one.ref}`}>{name}</Link>
      ) : one.kind === 'session' ? (
        <Link href={`/sessions/${one.ref}`}>{name}</Link>
      ) : (
        <span className="mono">{name}</span>
      )}
    </>
  );
}

const Reason = ({ label, value, onChange }: { label: string; value: string; onChange: (value: string) => void }) => (
  <Textarea
    label={label}
    value={value}
    maxLength={500}
    autosize
    minRows={2}
    onChange={(event) => onChange(event.currentTarget.value)}
  />
);

type DialogProps = CaseObjectsProps & { opened: boolean; onClose: () => void; renew: () => Promise<unknown> };

function AddDialog({ playbook, actions, opened, onClose, renew }: DialogProps) {
  const [kind, setKind] = useState<ObjectKind>('identity');
  const [ref, setRef] = useState('');
  const [role, setRole] = useState<ObjectRole>('involved');
  const [reason, setReason] = useState('');
  return (
    <ConfirmDialog
      opened={opened}
      onClose={onClose}
      title="Put something into the case"
      confirm="Put it in"
      danger={false}
      disabled={!ref.trim() || reason.trim().length < 3}
      onConfirm={async () => {
        const answer = await actions.link({ id: playbook.id, kind, ref, role, reason });
        if (!answer.error) {
          setRef('');
          setReason('');
        }
        await renew();
        return answer;
      }}
    >
      <Select
        label="What"
        data={Object.entries(OBJECT_KINDS).map(([value, label]) => ({ value, label }))}
        value={kind}
        allowDeselect={false}
        onChange={(value) => {
          setKind((value as ObjectKind) ?? 'identity');
          setRef('');
        }}
      />
      {kind === 'identity' ? (
        <FoundSelect
          path="/identities"
          label="Identity"
          nothing="No identity of that name"
          value={ref || null}
          onChange={(value) => setRef(value ?? '')}
        />
      ) : (
        <TextInput
          label={kind === 'session' ? 'Id of the session' : 'Name, as its sessions tell it'}
          value={ref}
          maxLength={512}
          onChange={(event) => setRef(event.currentTarget.value)}
        />
      )}
      <Select
        label="Role in the incident"
        data={[
          { value: 'involved', label: 'Involved: what lives of it has to end' },
          { value: 'context', label: 'Seen there: nothing of it has to end' },
        ]}
        value={role}
        allowDeselect={false}
        onChange={(value) => setRole((value as ObjectRole) ?? 'involved')}
      />
      <Reason label="Why it belongs to the case" value={reason} onChange={setReason} />
    </ConfirmDialog>
  );
}

/** Other identities, sessions and workloads that belong to the incident, who put them in, and what lives of them. */
export function CaseObjects({ playbook, actions, may }: CaseObjectsProps) {
  const [adding, setAdding] = useState(false);
  const [removing, setRemoving] = useState<CaseObject>();
  const [reason, setReason] = useState('');
  const queries = useQueryClient();
  const renew = () => queries.invalidateQueries({ queryKey: ['api', `/playbooks/${playbook.id}`] });
  const standing = playbook.objects.filter((one) => !one.removedAt);
  const removed = playbook.objects.filter((one) => one.removedAt);
  const open = may && playbook.state === 'open';
  return (
    <Panel
      title="In this case"
      note={
        open ? (
          <Button size="compact-sm" onClick={() => setAdding(true)}>
            Put something in…
          </Button>
        ) : undefined
      }
    >
      {standing.length === 0 ? (
        <Text size="sm" c="dimmed">
          Only {playbook.identityName} so far: no other identity, session or workload.
        </Text>
      ) : null}
      <ul className={classes.objects}>
        {standing.map((one) => (
          <li key={one.id}>
            <Group justify="space-between" gap="xs" wrap="nowrap">
              <span>
                <What one={one} /> {OBJECT_ROLES[one.role].toLowerCase()}, {one.live} live; {one.reason}, {one.linkedBy}{' '}
                <When at={one.linkedAt} />
              </span>
              {open ? (
                <Button
                  size="compact-xs"
                  variant="subtle"
                  aria-label={`Take out of the case: ${one.name}`}
                  onClick={() => setRemoving(one)}
                >
                  Take out…
                </Button>
              ) : null}
            </Group>
          </li>
        ))}
        {removed.map((one) => (
          <li key={one.id} className={classes.note}>
            <What one={one} />: taken out by {one.removedBy} <When at={one.removedAt} />, {one.removedReason}
          </li>
        ))}
      </ul>
      <AddDialog
        playbook={playbook}
        actions={actions}
        may={may}
        opened={adding}
        onClose={() => setAdding(false)}
        renew={renew}
      />
      <ConfirmDialog
        opened={removing !== undefined}
        onClose={() => setRemoving(undefined)}
        title={`Take ${shortened(removing?.name ?? '', 40)} out of the case`}
        confirm="Take it out"
        danger={false}
        disabled={reason.trim().length < 3}
        onConfirm={async () => {
          const answer = await actions.unlink({ id: playbook.id, objectId: removing?.id ?? '', reason });
          if (!answer.error) setReason('');
          await renew();
          return answer;
        }}
      >
        <Text size="sm">Nothing of it has to end for this incident any more. That it was in the case stays.</Text>
        <Reason label="Why it does not belong to it" value={reason} onChange={setReason} />
      </ConfirmDialog>
    </Panel>
  );
}
