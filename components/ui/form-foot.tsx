import { Alert, Button, Group } from '@mantine/core';

interface FormFootProps {
  /** What the last try came to; its title says how much was done. */
  error: string | undefined;
  title: string;
  onCancel: () => void;
  submit: string;
  busy: boolean;
  disabled?: boolean;
}

/** The end of a form in a dialog: why it was not done, leave it, do it. */
export function FormFoot({ error, title, onCancel, submit, busy, disabled }: FormFootProps) {
  return (
    <>
      {error ? (
        <Alert color="red" variant="outline" title={title} role="alert">
          {error}
        </Alert>
      ) : null}
      <Group justify="flex-end" gap="xs">
        <Button onClick={onCancel}>Cancel</Button>
        <Button type="submit" variant="filled" loading={busy} disabled={disabled}>
          {submit}
        </Button>
      </Group>
    </>
  );
}
