'use client';

import { Button, SimpleGrid } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { Checkpoints } from '@/components/audit/checkpoints';
import { ExportEvidence } from '@/components/audit/export-evidence';
import { ProofProblems } from '@/components/audit/proof-problems';
import { ProofRuns } from '@/components/audit/proof-runs';
import { useMay } from '@/components/shell/operator-context';
import { Identifier } from '@/components/ui/identifier';
import { PageHeader } from '@/components/ui/page-header';
import { Stat } from '@/components/ui/stat';
import { useApi } from '@/components/ui/use-api';
import { When } from '@/components/ui/when';
import { provenTone, provenWords, runSentence, waitingWords } from '@/lib/decisions/verify/format';
import type { LogStanding } from '@/lib/decisions/verify/standing-model';
import type { ActionResult } from '@/lib/http/model';

type Action<T> = (input: Record<never, never>) => Promise<ActionResult<T>>;

export interface LogActions {
  prove: Action<{ id: string; started: boolean }>;
  sign: Action<{ seq: string }>;
}

interface LogStandingPanelProps extends LogActions {
  initial: LogStanding;
  /** Below the sentence. */
  sub: ReactNode;
}

/** How well the log stands, and what can be done with it: prove it, sign it, take evidence from it. */
export function LogStandingPanel({ initial, prove, sign, sub }: LogStandingPanelProps) {
  const { data = initial } = useApi<LogStanding>('/audit/standing', {}, { initialData: initial });
  const { run, ended, checkpoint, waiting, publicKey, retention } = data;
  const running = run?.state === 'running';
  return (
    <section aria-label="How the log stands" style={{ marginBottom: 16 }}>
      <PageHeader
        title={runSentence(run)}
        sub={sub}
        actions={
          <>
            <ExportEvidence />
            <Actions prove={prove} sign={sign} running={running} />
          </>
        }
      />
      <SimpleGrid cols={{ base: 1, xs: 2, lg: 4 }} spacing="sm">
        <Stat
          label="Proven"
          value={provenWords(ended)}
          tone={provenTone(ended)}
          sub={
            ended ? (
              <>
                <When at={ended.finishedAt} /> by {ended.actorName} · <ProofRuns />
              </>
            ) : (
              'Every night at 02:15 UTC, or now.'
            )
          }
        />
        <Stat
          label="Signed"
          value={checkpoint ? <When at={checkpoint.at} /> : 'Not yet'}
          sub={
            checkpoint ? (
              <>
                Checkpoint {checkpoint.seq} over {checkpoint.records} records in {checkpoint.writers}{' '}
                {checkpoint.writers === 1 ? 'chain' : 'chains'} · <Checkpoints />
              </>
            ) : (
              'The batch worker signs every ten minutes.'
            )
          }
        />
        <Stat
          label="Key"
          value={<Identifier value={publicKey.fingerprint} max={13} />}
          sub="SHA-256 of the public key. Give it to whoever will verify."
        />
        <Stat
          label="Kept"
          value={retention.decisions}
          of="days of decisions"
          sub={`Audit ${retention.audit} days. ${waitingWords(waiting)}`}
        />
      </SimpleGrid>
      {ended?.result && !ended.result.ok ? <ProofProblems result={ended.result} /> : null}
    </section>
  );
}

function Actions({ prove, sign, running }: LogActions & { running: boolean }) {
  const [busy, setBusy] = useState<'prove' | 'sign'>();
  const client = useQueryClient();
  if (!useMay('report.take')) return null;
  const act = (name: 'prove' | 'sign', action: Action<unknown>, done: string) => async () => {
    setBusy(name);
    const { error } = await action({}).catch(() => ({ error: { message: 'Braid could not be reached.' } }));
    setBusy(undefined);
    notifications.show(error ? { color: 'red', message: error.message } : { message: done });
    await client.invalidateQueries({ queryKey: ['api', '/audit/standing'] });
  };
  return (
    <>
      <Button onClick={act('sign', sign, 'A checkpoint was signed.')} loading={busy === 'sign'}>
        Sign a checkpoint
      </Button>
      <Button
        onClick={act('prove', prove, 'The log is being proven.')}
        loading={busy === 'prove'}
        disabled={running}
        variant="filled"
        color="blue"
      >
        {running ? 'Being proven…' : 'Prove the log'}
      </Button>
    </>
  );
}
