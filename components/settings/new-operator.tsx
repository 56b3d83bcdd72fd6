'use client';

import { Alert, Button, Group, Modal, PasswordInput, Select, Stack, TextInput } from '@mantine/core';
import { schemaResolver, useForm } from '@mantine/form';
import { notifications } from '@mantine/notifications';
import { useState } from 'react';
import { type CreateOperatorInput, createOperatorSchema, type OperatorRow, ROLES } from '@/lib/access/model';
import type { ActionResult } from '@/lib/http/model';

interface NewOperatorProps {
  opened: boolean;
  onClose: () => void;
  create: (input: CreateOperatorInput) => Promise<ActionResult<OperatorRow>>;
  onCreated: () => void;
}

const EMPTY: CreateOperatorInput = { name: '', email: '', role: 'analyst', password: '' };

export function NewOperator({ opened, onClose, create, onCreated }: NewOperatorProps) {
  const [error, setError] = useState<string>();
  const form = useForm<CreateOperatorInput>({
    initialValues: EMPTY,
    validate: schemaResolver(createOperatorSchema, { sync: true }),
  });
  const submit = form.onSubmit(async (values) => {
    const result = await create(values);
    setError(result.error?.message);
    if (result.error) return;
    notifications.show({ message: `${values.name} can sign in now.` });
    form.reset();
    onCreated();
    onClose();
  });
  return (
    <Modal opened={opened} onClose={onClose} title="Add operator">
      <form onSubmit={submit} noValidate>
        <Stack gap="sm">
          <TextInput label="Name" maxLength={100} data-autofocus {...form.getInputProps('name')} />
          <TextInput label="E-mail" type="email" maxLength={254} {...form.getInputProps('email')} />
          <Select label="Role" data={[...ROLES]} allowDeselect={false} {...form.getInputProps('role')} />
          <PasswordInput
            label="First password"
            description="Hand it over in person; they change it under Your account."
            autoComplete="new-password"
            maxLength={256}
            visibilityToggleButtonProps={{ 'aria-label': 'Show or hide the password', tabIndex: 0 }}
            {...form.getInputProps('password')}
          />
          {error ? (
            <Alert color="red" variant="outline" role="alert">
              {error}
            </Alert>
          ) : null}
          <Group justify="flex-end" gap="xs">
            <Button onClick={onClose}>Cancel</Button>
            <Button type="submit" variant="filled" loading={form.submitting}>
              Add operator
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
