'use client';

import { Alert, Button, Text, Textarea, Title } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import classes from '@/components/identities/identities.module.css';
import { useMay } from '@/components/shell/operator-context';
import { When } from '@/components/ui/when';
import type { ActionResult } from '@/lib/http/model';
import type { IdentityDetail } from '@/lib/identities/model';

interface IdentityNotesProps {
  identity: IdentityDetail;
  add: (input: { id: string; body: string }) => Promise<ActionResult<{ id: string }>>;
}

/** What people wrote down about it, newest first. Never changed afterwards. */
export function IdentityNotes({ identity, add }: IdentityNotesProps) {
  const may = useMay('note.write');
  const [body, setBody] = useState('');
  const [error, setError] = useState<string>();
  const [busy, setBusy] = useState(false);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    const result = await add({ id: identity.id, body });
    setBusy(false);
    setError(result.error?.message);
    if (!result.error) setBody('');
  };
  return (
    <section>
      <Title order={3} fz={14} mb="xs">
        Notes
      </Title>
      {may ? (
        <form onSubmit={submit}>
          <Textarea
            aria-label="New note"
            placeholder="What did you find out?"
            value={body}
            maxLength={10_000}
            autosize
            minRows={2}
            maxRows={10}
            onChange={(event) => setBody(event.currentTarget.value)}
          />
          {error ? (
            <Alert color="red" variant="outline" role="alert" mt="xs">
              {error}
            </Alert>
          ) : null}
          <Button type="submit" mt="xs" loading={busy} disabled={body.trim() === ''}>
            Add note
          </Button>
        </form>
      ) : null}
      {identity.notes.length === 0 ? (
        <Text size="sm" c="dimmed" mt="xs">
          No notes yet.
        </Text>
      ) : (
        identity.notes.map((note) => (
          <article key={note.id} className={classes.note}>
            <Text size="xs" c="dimmed">
              {note.authorName} · <When at={note.createdAt} />
            </Text>
            <p>{note.body}</p>
          </article>
        ))
      )}
    </section>
  );
}
