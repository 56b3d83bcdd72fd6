'use client';

import { notifications } from '@mantine/notifications';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

/** Runs an action: says what went wrong, or what was done, and has the lists read again. Resolves to whether it was done. */
export function useRun() {
  const client = useQueryClient();
  const [busy, setBusy] = useState<string>();
  const run = async (name: string, work: () => Promise<{ error?: { message: string } }>, done?: string) => {
    setBusy(name);
    const { error } = await work();
    setBusy(undefined);
    if (error) notifications.show({ message: error.message, color: 'red' });
    else if (done) notifications.show({ message: done });
    void client.invalidateQueries({ queryKey: ['api'] });
    return !error;
  };
  return { run, busy };
}
