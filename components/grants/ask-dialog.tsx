'use client';

import { Modal, SegmentedControl, Select, Stack, Text, Textarea } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { FormFoot } from '@/components/ui/form-foot';
import { FoundSelect } from '@/components/ui/found-select';
import { minutesText } from '@/lib/access/grants/format';
import { type AboutType, ASKABLE, type AskGrantInput, type GrantRow, MINUTES_OFFERED } from '@/lib/access/grants/model';
import { above, type Role } from '@/lib/access/model';
import type { ActionResult } from '@/lib/http/model';

export type AskGrant = (input: AskGrantInput) => Promise<ActionResult<GrantRow>>;

interface AskDialogProps {
  /** One's own role: only those above it can be asked for. */
  own: Role;
  ask: AskGrant;
  /** What the address asks for: it comes from the page of an identity or finding. */
  about: { about: string | null; id: string | null };
  onClose: () => void;
  onAsked: () => void;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const WORDS: Record<AboutType, string> = { identity: 'Identity', finding: 'Finding' };

interface Picked {
  type: AboutType | 'none';
  id: string | null;
}

const aboutOf = ({ type, id }: Picked): AskGrantInput['about'] => (type !== 'none' && id ? { type, id } : undefined);

function AboutField({ picked: { type, id }, onPick }: { picked: Picked; onPick: (picked: Picked) => void }) {
  return (
    <>
      <SegmentedControl
        aria-label="What it is for"
        data={[
          { value: 'none', label: 'Nothing in particular' },
          { value: 'identity', label: 'An identity' },
          { value: 'finding', label: 'A finding' },
        ]}
        value={type}
        onChange={(value) => onPick({ type: value as Picked['type'], id: null })}
      />
      {type === 'none' ? null : (
        <FoundSelect
          key={type}
          path={type === 'identity' ? '/identities' : '/findings'}
          label={WORDS[type]}
          nothing={`No ${type} of that name`}
          value={id}
          onChange={(next) => onPick({ type, id: next })}
        />
      )}
    </>
  );
}

export function AskDialog({ own, ask, about, onClose, onAsked }: AskDialogProps) {
  const roles = ASKABLE.filter((role) => above(role, own));
  const given: AboutType | null = about.about === 'identity' || about.about === 'finding' ? about.about : null;
  const fixed: AskGrantInput['about'] =
    given && about.id && UUID.test(about.id) ? { type: given, id: about.id } : undefined;
  const [role, setRole] = useState(roles.includes('responder') ? 'responder' : roles[0]!);
  const [minutes, setMinutes] = useState(60);
  const [reason, setReason] = useState('');
  const [picked, setPicked] = useState<Picked>({ type: 'none', id: null });
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string>();
  const queries = useQueryClient();
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    const result = await ask({ role, minutes, reason, about: fixed ?? aboutOf(picked) }).catch(() => ({
      error: { code: 'unreachable', message: 'Braid could not be reached.' },
    }));
    setBusy(false);
    setError(result.error?.message);
    if (result.error) return;
    notifications.show({ message: 'Asked. It begins as soon as an administrator grants it.' });
    await queries.invalidateQueries({ queryKey: ['api'] });
    onAsked();
    onClose();
  };
  return (
    <Modal opened onClose={onClose} title="Ask for a role for a time" size={520}>
      <form onSubmit={(event) => void submit(event)} noValidate>
        <Stack gap="sm">
          <Text size="sm">
            Another operator has to grant it. It holds in this sign-in alone, ends by itself, and everything you do
            under it is listed.
          </Text>
          <Select
            label="Role"
            data={roles}
            value={role}
            onChange={(value) => setRole((value as typeof role) ?? role)}
            allowDeselect={false}
            data-autofocus
          />
          <Select
            label="For"
            data={MINUTES_OFFERED.map((value) => ({ value: String(value), label: minutesText(value) }))}
            value={String(minutes)}
            onChange={(value) => setMinutes(Number(value ?? minutes))}
            allowDeselect={false}
          />
          {fixed ? (
            <Text size="sm" c="dimmed">
              For the {fixed.type} you come from.
            </Text>
          ) : (
            <AboutField picked={picked} onPick={setPicked} />
          )}
          <Textarea
            label="Why"
            description="Read by who grants it, and kept in the audit log"
            required
            minLength={3}
            maxLength={2000}
            autosize
            minRows={2}
            maxRows={6}
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
          />
          <FormFoot
            error={error}
            title="Nothing was asked"
            onCancel={onClose}
            submit="Ask"
            busy={busy}
            disabled={reason.trim().length < 3 || (!fixed && picked.type !== 'none' && !picked.id)}
          />
        </Stack>
      </form>
    </Modal>
  );
}
