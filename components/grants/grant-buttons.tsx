'use client';

import { Button, Group, Select } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { usePathname, useRouter, useSearchParams } from 'next/navigation';
import { useState } from 'react';
import { ReasonDialog } from '@/components/policies/reason-dialog';
import { useMay } from '@/components/shell/operator-context';
import { minutesText } from '@/lib/access/grants/format';
import {
  type AnswerGrantInput,
  ASKABLE,
  type EndGrantInput,
  type GrantRow,
  MINUTES_OFFERED,
} from '@/lib/access/grants/model';
import { above } from '@/lib/access/model';
import type { ActionResult } from '@/lib/http/model';

export interface GrantActions {
  answer: (input: AnswerGrantInput) => Promise<ActionResult<GrantRow>>;
  end: (input: EndGrantInput) => Promise<ActionResult<GrantRow>>;
}

const KEPT = 'Read by who asked, and kept in the audit log';

/** Grant, decline, end early, give back: each says what it does before it does it. */
export function GrantButtons({ row, answer, end }: GrantActions & { row: GrantRow }) {
  const wanted = useSearchParams().get('answer') === 'grant';
  const [asked, setAsked] = useState<'grant' | 'decline' | 'end' | null>(wanted ? 'grant' : null);
  const [router, pathname] = [useRouter(), usePathname()];
  const manages = useMay('operator.manage');
  const queries = useQueryClient();
  const close = () => {
    setAsked(null);
    if (wanted) router.replace(pathname, { scroll: false });
  };
  const done = async (result: ActionResult<GrantRow>) => {
    if (!result.error) await queries.invalidateQueries({ queryKey: ['api'] });
    return result;
  };
  const answers = row.state === 'waiting' && row.notYours === null;
  const ends = row.state === 'live' && !row.own && manages;
  const { operatorName: who } = row;
  return (
    <>
      {answers ? (
        <>
          <Button size="sm" onClick={() => setAsked('decline')}>
            Decline…
          </Button>
          <Button size="sm" variant="filled" onClick={() => setAsked('grant')}>
            Grant…
          </Button>
        </>
      ) : null}
      {ends ? (
        <Button size="sm" color="red" variant="outline" onClick={() => setAsked('end')}>
          End now…
        </Button>
      ) : null}
      {row.own && row.state === 'live' ? (
        <Button size="sm" onClick={() => void end({ id: row.id }).then(done)}>
          Give back
        </Button>
      ) : null}
      {row.own && row.state === 'waiting' ? (
        <Button size="sm" onClick={() => void end({ id: row.id }).then(done)}>
          Withdraw
        </Button>
      ) : null}
      {asked === 'grant' && answers ? (
        <GrantDialog row={row} onClose={close} onConfirm={(given) => answer(given).then(done)} />
      ) : null}
      <ReasonDialog
        opened={asked === 'decline' && answers}
        onClose={close}
        title={`Decline what ${who} asks`}
        confirm="Decline"
        kept={KEPT}
        onConfirm={(reason) => answer({ id: row.id, answer: 'decline', reason }).then(done)}
      >
        {who} stays {row.standing}, and may ask again.
      </ReasonDialog>
      <ReasonDialog
        opened={asked === 'end' && ends}
        onClose={close}
        title={`End the role of ${who} now`}
        confirm="End it now"
        danger
        kept={KEPT}
        onConfirm={(reason) => end({ id: row.id, reason }).then(done)}
      >
        From the next request on {who} is {row.standing} again. What was done under it stays done.
      </ReasonDialog>
    </>
  );
}

interface GrantDialogProps {
  row: GrantRow;
  onClose: () => void;
  onConfirm: (input: AnswerGrantInput) => Promise<ActionResult<GrantRow>>;
}

function GrantDialog({ row, onClose, onConfirm }: GrantDialogProps) {
  const roles = ASKABLE.filter((role) => above(role, row.standing) && !above(role, row.askedRole));
  const times = [...new Set([...MINUTES_OFFERED.filter((one) => one < row.askedMinutes), row.askedMinutes])];
  const [role, setRole] = useState(roles.at(-1));
  const [minutes, setMinutes] = useState(row.askedMinutes);
  return (
    <ReasonDialog
      opened
      onClose={onClose}
      title={`Make ${row.operatorName} ${role} for ${minutesText(minutes)}?`}
      confirm="Grant"
      kept={KEPT}
      usual="seen and agreed"
      onConfirm={(reason, password) => onConfirm({ id: row.id, answer: 'grant', role, minutes, reason, password })}
    >
      <p style={{ marginTop: 0 }}>
        It begins now, holds in the sign-in it was asked in and nowhere else, and ends by itself. It never includes
        managing operators and API tokens: what is made with those would outlive it.
      </p>
      <Group grow>
        <Select
          label="Role"
          description="At most as asked"
          data={roles}
          value={role ?? null}
          onChange={(value) => setRole((value as typeof role) ?? role)}
          allowDeselect={false}
        />
        <Select
          label="For"
          description="At most as asked"
          data={times.map((value) => ({ value: String(value), label: minutesText(value) }))}
          value={String(minutes)}
          onChange={(value) => setMinutes(Number(value ?? minutes))}
          allowDeselect={false}
        />
      </Group>
    </ReasonDialog>
  );
}
