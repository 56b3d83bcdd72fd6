'use client';

import { Button, Progress, Text } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { type DragEvent, useRef, useState } from 'react';
import classes from '@/components/overview/overview.module.css';
import { type Sending, sendLogs } from '@/components/overview/send-logs';
import { useMay } from '@/components/shell/operator-context';

const words = (sending: Sending): string => {
  if (sending.phase === 'sending') return `Sending ${sending.file}: ${sending.percent} %`;
  if (sending.phase === 'reading') return `Reading ${sending.file}: ${sending.events} events so far`;
  if (sending.phase === 'failed') return sending.message;
  return `${sending.events} events, ${sending.sessions} sessions of ${sending.identities} identities.`;
};

/** Drop log files right here; the page turns into the overview when they are in. */
export function UploadDoor() {
  const [sending, setSending] = useState<Sending>();
  const [over, setOver] = useState(false);
  const picker = useRef<HTMLInputElement>(null);
  const queries = useQueryClient();
  const router = useRouter();
  const may = useMay('import.run');
  const busy = sending?.phase === 'sending' || sending?.phase === 'reading';
  const send = async (files: File[]) => {
    if (files.length === 0 || busy) return;
    setSending({ phase: 'sending', file: files[0]!.name, percent: 0 });
    await sendLogs(files, setSending);
    await queries.invalidateQueries({ queryKey: ['api'] });
    router.refresh();
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    void send([...event.dataTransfer.files]);
  };
  return (
    <section className={classes.door}>
      <h2>Drop a log file</h2>
      <p>
        CloudTrail, Kubernetes, Vault, Okta, Entra, GitHub, PostgreSQL, PgBouncer and more, as text, JSON or .gz; which
        it is, the file tells. You see who was live at the same time, how many at most, from where.
      </p>
      {may ? (
        <label
          className={classes.drop}
          data-over={over || undefined}
          onDragOver={(event) => {
            event.preventDefault();
            setOver(true);
          }}
          onDragLeave={() => setOver(false)}
          onDrop={drop}
        >
          <input
            ref={picker}
            type="file"
            multiple
            hidden
            disabled={busy}
            onChange={(event) => {
              void send([...(event.currentTarget.files ?? [])]);
              event.currentTarget.value = '';
            }}
          />
          Drop files here
        </label>
      ) : (
        <p>
          On the server: <code>npx braid import auto &lt;path&gt;</code>
        </p>
      )}
      {busy ? (
        <Progress value={sending.phase === 'sending' ? sending.percent : 100} animated aria-label={words(sending)} />
      ) : null}
      {sending ? (
        <Text size="sm" role="status" c={sending.phase === 'failed' ? 'var(--b-red)' : undefined}>
          {words(sending)}
        </Text>
      ) : null}
      {may ? (
        <div className={classes.doorEnd}>
          <Button onClick={() => picker.current?.click()} disabled={busy} variant="filled" color="blue">
            Choose files
          </Button>
        </div>
      ) : null}
    </section>
  );
}
