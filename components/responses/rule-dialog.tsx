'use client';

import { Alert, Button, Group, Modal, MultiSelect, Select, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { EnforceFields } from '@/components/responses/enforce-fields';
import classes from '@/components/responses/responses.module.css';
import { canGoBack, linesOf, optionsOf } from '@/components/responses/words';
import { DETECTORS, type Detector, SEVERITIES } from '@/lib/findings/model';
import type { ActionError } from '@/lib/http/model';
import { kindText } from '@/lib/identities/format';
import { IDENTITY_KINDS } from '@/lib/identities/model';
import type { RuleActions } from '@/lib/responses/actions-model';
import { ACTIONS, type Action, type CreateRuleInput, createRuleSchema, type RuleRow } from '@/lib/responses/model';

interface RuleDialogProps {
  rule: RuleRow | CreateRuleInput;
  actions: RuleActions;
  onClose: () => void;
}

const DELAYS = {
  '0': 'at once',
  '60': 'after a minute',
  '300': 'after 5 minutes',
  '900': 'after 15 minutes',
  '3600': 'after an hour',
};
const UNDOS = {
  '0': 'not with one click',
  '900': 'for 15 minutes',
  '3600': 'for an hour',
  '14400': 'for 4 hours',
  '86400': 'for a day',
};
const AGAINS = {
  '0': 'as soon as its act is over',
  '900': 'after 15 minutes',
  '3600': 'after an hour',
  '14400': 'after 4 hours',
  '86400': 'after a day',
};
const idOf = (rule: RuleRow | CreateRuleInput): string | null => ('id' in rule ? rule.id : null);

/** A rule: on which findings, of which identities, and what then. */
export function RuleDialog({ rule, actions, onClose }: RuleDialogProps) {
  const id = idOf(rule);
  const [draft, setDraft] = useState(() => {
    const { name, detectors = [], minSeverity = 'high', kinds = [], action } = rule;
    const [delaySecs, undoSecs, againAfterSecs] = [
      rule.delaySecs ?? 0,
      rule.undoSecs ?? 3600,
      rule.againAfterSecs ?? 3600,
    ];
    const only = { environments: rule.environments ?? [], owners: rule.owners ?? [], names: rule.names ?? [] };
    const enforces = { policySet: rule.policySet ?? null, forSecs: rule.forSecs ?? 0 };
    return { name, detectors, minSeverity, kinds, action, delaySecs, undoSecs, againAfterSecs, ...enforces, ...only };
  });
  const [error, setError] = useState<ActionError>();
  const [busy, setBusy] = useState(false);
  const queries = useQueryClient();
  const set = (part: Partial<typeof draft>) => setDraft({ ...draft, ...part });
  const done = async (action: () => Promise<{ error?: ActionError }>) => {
    setBusy(true);
    const answer = await action().catch(() => ({
      error: { code: 'unreachable', message: 'Braid could not be reached.' },
    }));
    setBusy(false);
    setError(answer.error);
    if (answer.error) return;
    await queries.invalidateQueries({ queryKey: ['api', '/responses/rules'] });
    onClose();
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const parsed = createRuleSchema.safeParse(draft);
    const issue = parsed.error?.issues[0];
    if (!parsed.success)
      return setError({ code: 'input.invalid', message: `${issue?.path.join('.')} ${issue?.message}` });
    void done(() => (id ? actions.updateRule({ id, ...parsed.data }) : actions.createRule(parsed.data)));
  };
  return (
    <Modal opened onClose={onClose} title={id ? 'Change this rule' : 'Add a rule'} size={680}>
      <form onSubmit={submit} noValidate>
        <Stack gap="sm">
          <Fields draft={draft} set={set} />
          <Text size="sm" c="dimmed">
            {id ? 'It stays as it is: on or off.' : 'It is off until you switch it on.'} Guardrails bound it: how many
            acts an hour, whom never, and from when on two have to agree.
          </Text>
          {error ? (
            <Alert color="red" variant="outline" role="alert">
              {error.message}
            </Alert>
          ) : null}
          <Group justify="space-between">
            {id ? (
              <Button color="red" variant="outline" onClick={() => void done(() => actions.removeRule({ id }))}>
                Remove
              </Button>
            ) : (
              <span />
            )}
            <Group gap="xs">
              <Button onClick={onClose}>Cancel</Button>
              <Button type="submit" variant="filled" loading={busy}>
                {id ? 'Change the rule' : 'Add the rule'}
              </Button>
            </Group>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

type Draft = Required<CreateRuleInput>;

const BACKS: Record<Action, string> = {
  terminate: 'Sessions that ended stay ended.',
  pause: 'Resumes, as far as the systems allow.',
  revoke: 'Restores, as far as the systems allow.',
  playbook: 'A playbook goes on until it is contained.',
  enforce: 'Until it goes back by itself, where it does.',
};

function Fields({ draft, set }: { draft: Draft; set: (part: Partial<Draft>) => void }) {
  const back = canGoBack(draft);
  return (
    <>
      <TextInput
        label="Name"
        value={draft.name}
        maxLength={200}
        onChange={(event) => set({ name: event.currentTarget.value })}
        data-autofocus
      />
      <div className={`${classes.form} ${classes.aligned}`}>
        <MultiSelect
          label="When one of these is found"
          placeholder={draft.detectors.length ? undefined : 'anything'}
          data={Object.entries(DETECTORS).map(([value, label]) => ({ value, label }))}
          value={draft.detectors}
          onChange={(value) => set({ detectors: value as Detector[] })}
          searchable
          clearable
        />
        <Select
          label="At least this severe"
          data={[...SEVERITIES]}
          value={draft.minSeverity}
          onChange={(value) => set({ minSeverity: (value ?? 'high') as Draft['minSeverity'] })}
          allowDeselect={false}
        />
        <Select
          label="Then"
          data={Object.entries(ACTIONS).map(([value, label]) => ({ value, label }))}
          value={draft.action}
          onChange={(value) => set({ action: (value ?? 'terminate') as Action })}
          allowDeselect={false}
        />
        {draft.action === 'enforce' ? (
          <EnforceFields policySet={draft.policySet} forSecs={draft.forSecs} set={set} />
        ) : null}
        <Select
          label="Acts"
          data={optionsOf(DELAYS, draft.delaySecs)}
          value={String(draft.delaySecs)}
          onChange={(value) => set({ delaySecs: Number(value) })}
          description="Until then anybody who may end sessions can cancel it."
          allowDeselect={false}
        />
        <Select
          label="Can be undone"
          data={optionsOf(UNDOS, draft.undoSecs)}
          value={String(draft.undoSecs)}
          onChange={(value) => set({ undoSecs: Number(value) })}
          description={BACKS[draft.action]}
          disabled={!back}
          allowDeselect={false}
        />
        <Select
          label="Again on the same finding"
          data={optionsOf(AGAINS, draft.againAfterSecs)}
          value={String(draft.againAfterSecs)}
          onChange={(value) => set({ againAfterSecs: Number(value) })}
          description="Counted from when its act was over, however often clients connect anew."
          allowDeselect={false}
        />
        <MultiSelect
          label="Only identities of these kinds"
          placeholder={draft.kinds.length ? undefined : 'any kind'}
          data={IDENTITY_KINDS.map((value) => ({ value, label: kindText(value) }))}
          value={draft.kinds}
          onChange={(value) => set({ kinds: value as Draft['kinds'] })}
          clearable
        />
      </div>
      <div className={classes.form}>
        <Lines label="Only these names" value={draft.names} onChange={(names) => set({ names })} />
        <Lines label="Only these owners" value={draft.owners} onChange={(owners) => set({ owners })} />
        <Lines
          label="Only these environments"
          value={draft.environments}
          onChange={(environments) => set({ environments })}
        />
      </div>
    </>
  );
}

/** One a line; `*` stands for any letters. */
export function Lines(props: {
  label: string;
  value: string[];
  onChange: (value: string[]) => void;
  disabled?: boolean;
  description?: string;
  error?: string | undefined;
}) {
  const [text, setText] = useState(props.value.join('\n'));
  return (
    <Textarea
      label={props.label}
      description={props.description ?? 'One a line; * stands for any letters. Empty: any.'}
      value={text}
      error={props.error}
      disabled={props.disabled}
      autosize
      minRows={1}
      maxRows={6}
      maxLength={20_000}
      onChange={(event) => {
        setText(event.currentTarget.value);
        props.onChange(linesOf(event.currentTarget.value));
      }}
    />
  );
}
