'use client';

import { Anchor, Button } from '@mantine/core';
import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { type ReactNode, useState } from 'react';
import type { PolicyActions } from '@/components/policies/actions-model';
import { CountNotesOf } from '@/components/policies/count-notes';
import { ReasonDialog } from '@/components/policies/reason-dialog';
import { useMay } from '@/components/shell/operator-context';
import type { PolicySetRow } from '@/lib/policies/model';

interface ActProps {
  /** The word that opens the dialog. */
  word: string;
  title: string;
  confirm: string;
  danger?: boolean;
  asLink?: boolean;
  children: ReactNode;
  act: (reason: string, password?: string) => ReturnType<PolicyActions['promote']>;
}

function Act({ word, title, confirm, danger, asLink, children, act }: ActProps) {
  const router = useRouter();
  const [opened, setOpened] = useState(false);
  const open = () => setOpened(true);
  if (!useMay('policy.manage')) return null;
  return (
    <>
      {asLink ? (
        <Anchor component="button" type="button" size="sm" onClick={open}>
          {word}
        </Anchor>
      ) : (
        <Button size="compact-sm" onClick={open}>
          {word}
        </Button>
      )}
      <ReasonDialog
        opened={opened}
        onClose={() => setOpened(false)}
        title={title}
        confirm={confirm}
        danger={danger}
        onConfirm={async (reason, password) => {
          const result = await act(reason, password);
          if (!result.error) router.refresh();
          return result;
        }}
      >
        {children}
      </ReasonDialog>
    </>
  );
}

/** Gives back what an earlier version said. */
export function RollBack({
  row,
  active,
  rollBack,
}: {
  row: PolicySetRow;
  active: number | null;
  rollBack: PolicyActions['rollBack'];
}) {
  return (
    <Act
      asLink
      word="roll back to it"
      title={`Roll ${row.name} back to version ${row.version}`}
      confirm={`Give back version ${row.version}`}
      danger
      act={(reason, password) => rollBack({ input: { name: row.name, version: row.version, reason }, password })}
    >
      <p>
        What version {row.version} said becomes active again, as a new version
        {active === null ? '' : ` in place of version ${active}`}. The next request is decided on it; what has been
        counted goes on where its meter says the same.
      </p>
      <CountNotesOf name={row.name} version={row.version} />
    </Act>
  );
}

interface ShadowActProps {
  row: PolicySetRow;
  active: number | null;
  /** What it would have done, in a sentence. */
  impact: string;
}

/** Makes the version in shadow the active one. */
export function Promote({ row, active, impact, promote }: ShadowActProps & { promote: PolicyActions['promote'] }) {
  return (
    <Act
      word="Promote…"
      title={`Promote version ${row.version} of ${row.name}`}
      confirm={active === null ? `Make version ${row.version} active` : `Replace version ${active} by ${row.version}`}
      danger
      act={(reason, password) => promote({ input: { name: row.name, version: row.version, reason }, password })}
    >
      <p>{impact}</p>
      <p>The next request is decided on it. Rolling back takes one click, with a reason.</p>
      <CountNotesOf name={row.name} version={row.version} />
    </Act>
  );
}

/** Takes the version in shadow away. */
export function EndShadow({ row, retire }: { row: PolicySetRow; retire: PolicyActions['retire'] }) {
  return (
    <Act
      word="End shadow…"
      title={`Take version ${row.version} of ${row.name} out of shadow`}
      confirm="End shadow"
      act={(reason, password) => retire({ input: { name: row.name, reason, what: 'shadow' }, password })}
    >
      It is judged no more. It stays in the history, and can be applied again.
    </Act>
  );
}

/** Takes a whole set out of force. */
export function Retire({ row, last, retire }: { row: PolicySetRow; last: boolean; retire: PolicyActions['retire'] }) {
  return (
    <Act
      word="Retire…"
      title={`Retire ${row.name}`}
      confirm={last ? 'Retire it, and deny everything' : `Retire ${row.name}`}
      danger
      act={(reason, password) => retire({ input: { name: row.name, reason, what: 'active' }, password })}
    >
      {last ? (
        <strong>It is the last enforced set: without one every request is denied.</strong>
      ) : (
        <>None of its rules binds any more from the next request; the other sets go on. </>
      )}{' '}
      It stays in the history, and rolling back brings it in again.
    </Act>
  );
}

export function EditLink({ name, hasDraft }: { name: string; hasDraft: boolean }) {
  return (
    <Button component={Link} href={`/policies/${name}/edit`} variant="filled" size="compact-sm">
      {hasDraft ? 'Go on with the draft' : 'Edit'}
    </Button>
  );
}
