import { Stack, Switch } from '@mantine/core';
import { Lines } from '@/components/responses/rule-dialog';
import type { Guardrails } from '@/lib/responses/model';

interface OnlyProps {
  value: Guardrails['only'];
  may: boolean;
  onChange: (only: Guardrails['only']) => void;
  error?: string | undefined;
}

/** Whether there is a list of those who may be touched, and who stands on it: an empty one is nobody. */
export function Only({ value, may, onChange, error }: OnlyProps) {
  return (
    <Stack gap={8}>
      <Switch
        label="Touch only identities on a list"
        description="For rules, policies and what other systems say. Off: any that the list beside it does not name."
        checked={value !== null}
        disabled={!may}
        onChange={(event) => onChange(event.currentTarget.checked ? [] : null)}
      />
      {value === null ? null : (
        <Lines
          label="Identities that may be touched"
          description="One a line; * stands for any letters. Empty: nobody."
          value={value}
          error={error}
          disabled={!may}
          onChange={onChange}
        />
      )}
    </Stack>
  );
}
