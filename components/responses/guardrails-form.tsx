'use client';

import { Alert, Button, Group, NumberInput, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { NoBounds } from '@/components/responses/no-bounds';
import { Only } from '@/components/responses/only';
import classes from '@/components/responses/responses.module.css';
import { Lines } from '@/components/responses/rule-dialog';
import type { RuleActions } from '@/lib/responses/actions-model';
import { lockedOut } from '@/lib/responses/format';
import { type Guardrails, type GuardrailsSet, guardrailsSchema, type SuggestedBounds } from '@/lib/responses/model';

interface GuardrailsFormProps {
  guardrails: Guardrails;
  actions: RuleActions;
  may: boolean;
  /** Operators who may agree to what another one asks. */
  mayAgree: number;
  suggested: SuggestedBounds;
}

type Typed = number | string;
/** As typed: numbers that are none are refused in words, not made into others. */
type Draft = Omit<Guardrails, 'capPerHour' | 'capPerIdentity' | 'policyCapPerHour' | 'second'> &
  Record<'capPerHour' | 'capPerIdentity' | 'policyCapPerHour', Typed> & {
    second: Record<keyof Guardrails['second'], Typed | null>;
  };

const CAPS = [
  ['capPerHour', 'Acts of rules within an hour, at most', 'What is above is refused, and told.'],
  ['capPerIdentity', 'Of these on one identity, at most', 'Leaves room for the others.'],
  [
    'policyCapPerHour',
    'Acts of policies within an hour, at most',
    'The decision point’s own refusal stands in any case.',
  ],
] as const;

const BOUNDS = [
  ['identities', 'More than so many identities'],
  ['sessions', 'More than so many live sessions'],
  ['systems', 'More than so many systems'],
] as const;

/** What is wrong, by the field it stands in; of a list, which line. */
function wrongOf(issues: readonly { path: PropertyKey[]; message: string }[]): Record<string, string> {
  const said = issues.map(({ path, message }): [string, string] => {
    const [field, line] = path;
    return (field === 'never' || field === 'only') && typeof line === 'number'
      ? [field, `Line ${line + 1} has to be a name or pattern of 1 to 200 letters.`]
      : field === 'never' || field === 'only'
        ? [field, 'At most 200 lines.']
        : [path.join('.'), `It ${message}.`];
  });
  return Object.fromEntries(said.reverse()); // of several in one field the first is told
}

/** What bounds more holds at once; what bounds less waits. */
const saidOf = ({ waiting }: GuardrailsSet): string =>
  waiting ? `A second operator has to agree to what bounds less: ${waiting.what}.` : 'These hold from now on.';

/** How many acts an hour, whom never, and beyond what two have to agree. */
export function GuardrailsForm({ guardrails, actions, may, mayAgree, suggested }: GuardrailsFormProps) {
  const [draft, setDraft] = useState<Draft>(guardrails);
  const [wrong, setWrong] = useState<Record<string, string>>({});
  const [error, setError] = useState<string>();
  const [busy, setBusy] = useState(false);
  const queries = useQueryClient();
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const parsed = guardrailsSchema.safeParse(draft);
    const issues = parsed.error?.issues ?? [];
    setWrong(wrongOf(issues));
    setError(parsed.success ? undefined : 'Nothing was set: what is marked has to be put right first.');
    if (!parsed.success) return;
    setBusy(true);
    const { error, data } = await actions.setGuardrails(parsed.data);
    setBusy(false);
    setError(error?.message);
    if (error) return;
    // Not inside the form: it is drawn anew with what holds now.
    notifications.show(
      data?.warning || data?.waiting
        ? { color: 'yellow', autoClose: false, message: [saidOf(data), data.warning].filter(Boolean).join(' ') }
        : { message: 'These hold from now on.' },
    );
    if (data?.waiting) setDraft(guardrails);
    await queries.invalidateQueries({ queryKey: ['api', '/responses'] });
    await queries.invalidateQueries({ queryKey: ['api', '/responses/guardrails'] });
  };
  return (
    <form onSubmit={submit} noValidate>
      <div className={classes.form}>
        {CAPS.map(([name, label, description]) => (
          <NumberInput
            key={name}
            label={label}
            description={description}
            value={draft[name]}
            error={wrong[name]}
            min={0}
            clampBehavior="none"
            disabled={!may}
            onChange={(most) => setDraft({ ...draft, [name]: most })}
          />
        ))}
        <Lines
          label="Identities that no rule and no policy touches"
          description="One a line; * stands for any letters. People still may."
          value={draft.never}
          error={wrong.never}
          disabled={!may}
          onChange={(never) => setDraft({ ...draft, never })}
        />
        <Only value={draft.only} error={wrong.only} may={may} onChange={(only) => setDraft({ ...draft, only })} />
      </div>
      {Object.values(guardrails.second).every((most) => most === null) ? (
        <NoBounds
          suggested={suggested}
          mayAgree={mayAgree}
          take={may ? () => setDraft({ ...draft, second: { ...draft.second, ...suggested } }) : null}
        />
      ) : null}
      <Second draft={draft} setDraft={setDraft} wrong={wrong} may={may} mayAgree={mayAgree} />
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

interface SecondProps {
  draft: Draft;
  setDraft: (draft: Draft) => void;
  wrong: Record<string, string>;
  may: boolean;
  mayAgree: number;
}

/** Beyond what two have to agree, how many may, and what it means where there is nobody else. */
function Second({ draft, setDraft, wrong, may, mayAgree }: SecondProps) {
  const bounded = Object.values(draft.second).some((most) => most !== null);
  const warning = bounded ? lockedOut(mayAgree) : null;
  return (
    <>
      <p style={{ margin: '16px 0 6px', fontWeight: 600 }}>A second operator has to agree</p>
      <div className={classes.form}>
        {BOUNDS.map(([name, label]) => (
          <NumberInput
            key={name}
            label={label}
            description={name === 'systems' ? 'Empty: no bound.' : 'Counted over ten minutes. Empty: no bound.'}
            value={draft.second[name] ?? ''}
            error={wrong[`second.${name}`]}
            min={1}
            clampBehavior="none"
            disabled={!may}
            onChange={(value) =>
              setDraft({ ...draft, second: { ...draft.second, [name]: value === '' ? null : value } })
            }
          />
        ))}
      </div>
      <Text size="sm" c="dimmed" mt={6}>
        {mayAgree === 1 ? 'One operator' : `${mayAgree} operators`} may agree (responders and administrators), never
        with what they asked for themselves.
      </Text>
      {warning ? (
        <Alert mt="sm" color="yellow" variant="outline" role="status">
          {warning}
        </Alert>
      ) : null}
    </>
  );
}
