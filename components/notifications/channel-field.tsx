import { Checkbox, NativeSelect, PasswordInput, Textarea, TextInput } from '@mantine/core';
import type { ChannelField as Field } from '@/lib/notifications/kinds-model';

interface ChannelFieldProps {
  field: Field;
  value: string;
  /** A secret that is stored: left empty it stays. */
  stored: boolean;
  error?: string;
  onChange: (value: string) => void;
}

/** One field of a channel's form, as its kind describes it. */
export function ChannelField({ field, value, stored, error, onChange }: ChannelFieldProps) {
  const common = { label: field.label, description: field.help, error, required: field.required && !stored };
  if (field.as === 'toggle')
    return (
      <Checkbox
        label={field.label}
        description={field.help}
        checked={value === 'yes'}
        onChange={(event) => onChange(event.currentTarget.checked ? 'yes' : '')}
      />
    );
  const text = {
    ...common,
    value,
    placeholder: stored ? 'unchanged' : field.placeholder,
    autoComplete: 'off',
    spellCheck: false,
    onChange: (event: { currentTarget: { value: string } }) => onChange(event.currentTarget.value),
  };
  if (field.as === 'choice')
    return <NativeSelect {...common} value={value} data={field.options ?? []} onChange={text.onChange} />;
  if (field.as === 'lines') return <Textarea {...text} autosize minRows={1} maxRows={6} />;
  return field.as === 'secret' ? <PasswordInput {...text} autoComplete="new-password" /> : <TextInput {...text} />;
}
