'use client';

import { Button, Group } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useState } from 'react';
import { useMay } from '@/components/shell/operator-context';
import { AddReceiverDialog } from '@/components/signals/add-receiver-dialog';
import { AddSourceDialog } from '@/components/signals/add-source-dialog';
import { ReceiverCard } from '@/components/signals/receiver-card';
import classes from '@/components/signals/signals.module.css';
import { SourceCard } from '@/components/signals/source-card';
import { EmptyState } from '@/components/ui/empty-state';
import { PageHeader } from '@/components/ui/page-header';
import { Panel } from '@/components/ui/panel';
import { useApi } from '@/components/ui/use-api';
import type { ReceiverRow, SignalActions, SourceRow } from '@/lib/signals/model';

interface SignalSettingsProps {
  receivers: { items: ReceiverRow[]; nextCursor: null };
  sources: { items: SourceRow[]; nextCursor: null };
  actions: SignalActions;
}

const several = (n: number, one: string) => `${n} ${one}${n === 1 ? '' : 's'}`;

/** What is found, before how. */
function sentence(receivers: ReceiverRow[], sources: SourceRow[]): string {
  if (receivers.length + sources.length === 0) return 'Braid tells no other system what it ends, and hears of none.';
  const streams = receivers.flatMap((one) => one.streams);
  const ill =
    streams.filter((one) => one.health === 'failing').length + sources.filter((one) => one.health === 'failing').length;
  const told =
    streams.length === 0
      ? 'Nobody is told'
      : `${several(streams.length, 'stream')} ${streams.length === 1 ? 'tells' : 'tell'} others`;
  const heard =
    sources.length === 0
      ? 'nobody is heard'
      : `${several(sources.length, 'system')} ${sources.length === 1 ? 'is' : 'are'} heard`;
  return `${told}, ${heard}; ${ill === 0 ? 'none is failing' : `${ill} ${ill === 1 ? 'is' : 'are'} failing`}.`;
}

/** Who is told when access ends, and whom Braid listens to. */
export function SignalSettings({ receivers, sources, actions }: SignalSettingsProps) {
  const may = useMay('signal.manage');
  const out = useApi('/signals/receivers', {}, { initialData: receivers }).data ?? receivers;
  const into = useApi('/signals/sources', {}, { initialData: sources }).data ?? sources;
  const [adding, setAdding] = useState<'receiver' | 'source'>();
  const addOut = may ? (
    <Button leftSection={<IconPlus size={15} aria-hidden />} onClick={() => setAdding('receiver')}>
      Add a receiver…
    </Button>
  ) : null;
  const addIn = may ? (
    <Button variant="filled" leftSection={<IconPlus size={15} aria-hidden />} onClick={() => setAdding('source')}>
      Listen to a system…
    </Button>
  ) : null;
  return (
    <>
      <PageHeader
        title={sentence(out.items, into.items)}
        sub="Shared Signals (SSF 1.0 with CAEP and RISC): signed events about sessions, accounts, credentials and risk. One click is one transaction."
        actions={
          <Group gap="xs">
            {addOut}
            {addIn}
          </Group>
        }
      />
      <h2 className={classes.section}>Heard from</h2>
      <div className={classes.cards}>
        {into.items.map((row) => (
          <SourceCard key={row.id} row={row} actions={actions} may={may} />
        ))}
        {into.items.length === 0 ? (
          <Panel>
            <EmptyState title="No other system is heard" actions={addIn}>
              An identity provider that revokes a session, disables an account or sees a risk can say so here: sessions
              end, identities pause, and policies see the risk.
            </EmptyState>
          </Panel>
        ) : null}
      </div>
      <h2 className={classes.section}>Told</h2>
      <div className={classes.cards}>
        {out.items.map((row) => (
          <ReceiverCard key={row.id} row={row} actions={actions} may={may} />
        ))}
        {out.items.length === 0 ? (
          <Panel>
            <EmptyState title="No other system is told" actions={addOut}>
              A receiver gets a client of its own, makes its streams itself, and is told of every session, account and
              credential that is ended here, by push or by poll.
            </EmptyState>
          </Panel>
        ) : null}
      </div>
      <AddReceiverDialog opened={adding === 'receiver'} onClose={() => setAdding(undefined)} actions={actions} />
      <AddSourceDialog opened={adding === 'source'} onClose={() => setAdding(undefined)} actions={actions} />
    </>
  );
}
