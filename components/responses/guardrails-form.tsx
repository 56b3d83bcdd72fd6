'use client';

import { Alert, Button, Group, NumberInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import classes from '@/components/responses/responses.module.css';
import { Lines } from '@/components/responses/rule-dialog';
import type { RuleActions } from '@/lib/responses/actions-model';
import type { Guardrails } from '@/lib/responses/model';

interface GuardrailsFormProps {
  guardrails: Guardrails;
  actions: RuleActions;
  may: boolean;
}

const BOUNDS = [
  ['identities', 'More than so many identities'],
  ['sessions', 'More than so many live sessions'],
  ['systems', 'More than so many systems'],
] as const;

/** How many acts an hour, whom never, and beyond what two have to agree. */
export function GuardrailsForm({ guardrails, actions, may }: GuardrailsFormProps) {
  const [draft, setDraft] = useState(guardrails);
  const [error, setError] = useState<string>();
  const [busy, setBusy] = useState(false);
  const queries = useQueryClient();
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    const { error } = await actions.setGuardrails(draft);
    setBusy(false);
    setError(error?.message);
    if (error) return;
    // Not inside the form: it is drawn anew with what holds now.
    notifications.show({ message: 'These hold from now on.' });
    await queries.invalidateQueries({ queryKey: ['api', '/responses/guardrails'] });
  };
  const number = (value: string | number): number | null => (value === '' ? null : Number(value));
  return (
    <form onSubmit={submit}>
      <div className={classes.form}>
        <NumberInput
          label="Acts of rules within an hour, at most"
          description="What is above is refused, and told."
          value={draft.capPerHour}
          min={0}
          max={10_000}
          disabled={!may}
          onChange={(value) => setDraft({ ...draft, capPerHour: number(value) ?? 0 })}
        />
        <NumberInput
          label="Acts of policies within an hour, at most"
          description="The decision point’s own refusal stands in any case."
          value={draft.policyCapPerHour}
          min={0}
          max={100_000}
          disabled={!may}
          onChange={(value) => setDraft({ ...draft, policyCapPerHour: number(value) ?? 0 })}
        />
        <Lines
          label="Identities that no rule and no policy touches"
          description="One a line; * stands for any letters. People still may."
          value={draft.never}
          disabled={!may}
          onChange={(never) => setDraft({ ...draft, never })}
        />
      </div>
      <p style={{ margin: '16px 0 6px', fontWeight: 600 }}>A second operator has to agree</p>
      <div className={classes.form}>
        {BOUNDS.map(([name, label]) => (
          <NumberInput
            key={name}
            label={label}
            description={name === 'systems' ? 'Empty: no bound.' : 'Counted over ten minutes. Empty: no bound.'}
            value={draft.second[name] ?? ''}
            min={1}
            max={100_000}
            disabled={!may}
            onChange={(value) => setDraft({ ...draft, second: { ...draft.second, [name]: number(value) } })}
          />
        ))}
      </div>
      {error ? (
        <Alert mt="sm" color="red" variant="outline" role="alert">
          {error}
        </Alert>
      ) : null}
      {may ? (
        <Group justify="flex-end" mt="sm">
          <Button type="submit" variant="filled" loading={busy}>
            Set the guardrails
          </Button>
        </Group>
      ) : null}
    </form>
  );
}
