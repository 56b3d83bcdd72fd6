'use client';

import { Button, Group, Text, Textarea } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import classes from '@/components/findings/findings.module.css';
import { useMay } from '@/components/shell/operator-context';
import { Panel } from '@/components/ui/panel';
import { When } from '@/components/ui/when';
import type { FindingDetail } from '@/lib/findings/model';
import type { ActionError } from '@/lib/http/model';

export type NoteAction = (input: { id: string; body: string }) => Promise<{ error?: ActionError }>;

export function Notes({ finding, add }: { finding: FindingDetail; add: NoteAction }) {
  const [body, setBody] = useState('');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string>();
  const queries = useQueryClient();
  const may = useMay('note.write');
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    const result = await add({ id: finding.id, body }).catch(() => ({
      error: { message: 'Braid could not be reached.' },
    }));
    setBusy(false);
    setError(result.error?.message);
    if (result.error) return;
    setBody('');
    await queries.invalidateQueries({ queryKey: ['api', `/findings/${finding.id}`] });
  };
  return (
    <Panel title="Notes" note={finding.notes.length > 0 ? String(finding.notes.length) : 'none yet'}>
      {finding.notes.map((note) => (
        <article key={note.id} className={classes.note}>
          <Text size="xs" c="dimmed">
            {note.authorName}, <When at={note.createdAt} />
          </Text>
          <p className={classes.noteBody}>{note.body}</p>
        </article>
      ))}
      {may ? (
        <form onSubmit={submit}>
          <Textarea
            aria-label="Note"
            placeholder="What you found out"
            mt={finding.notes.length > 0 ? 'sm' : 0}
            value={body}
            onChange={(event) => setBody(event.currentTarget.value)}
            maxLength={10_000}
            autosize
            minRows={2}
            maxRows={10}
            error={error}
          />
          <Group justify="flex-end" mt="xs">
            <Button type="submit" loading={busy} disabled={body.trim() === ''}>
              Add note
            </Button>
          </Group>
        </form>
      ) : null}
    </Panel>
  );
}
