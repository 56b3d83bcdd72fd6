'use client';

import { Button, Grid, SimpleGrid, Stack, Tabs } from '@mantine/core';
import Link from 'next/link';
import { AskedAgainPanel } from '@/components/decisions/asked-again';
import { DecisionTable } from '@/components/decisions/decision-table';
import { TerminateButton } from '@/components/revocations/terminate-button';
import { SessionRisk } from '@/components/risks/session-risk';
import { SessionEnds } from '@/components/sessions/session-ends';
import { SessionEvents } from '@/components/sessions/session-events';
import { SessionOrigin, SessionTrust } from '@/components/sessions/session-facts';
import { SessionLikeness } from '@/components/sessions/session-likeness';
import { SessionLineage } from '@/components/sessions/session-lineage';
import { Lifetime, TrustAge } from '@/components/sessions/session-times';
import { DARK_WHY, OBSERVED_WORDS, STALE_WHY, sessionSentence } from '@/components/sessions/session-words';
import classes from '@/components/sessions/sessions.module.css';
import { systemName } from '@/components/sessions/system-name';
import { type CompleteTask, TaskOver } from '@/components/sessions/task-over';
import { useMay } from '@/components/shell/operator-context';
import { Badge } from '@/components/ui/badge';
import { useNow } from '@/components/ui/browser-clock';
import { EmptyState } from '@/components/ui/empty-state';
import { PageHeader } from '@/components/ui/page-header';
import { Panel } from '@/components/ui/panel';
import { Stat } from '@/components/ui/stat';
import { StateBadge } from '@/components/ui/state-badge';
import { useApi } from '@/components/ui/use-api';
import { useFilters } from '@/components/ui/use-filters';
import { useInfiniteApi } from '@/components/ui/use-infinite-api';
import type { LatestAsked } from '@/lib/decisions/again-model';
import type { DecisionRow } from '@/lib/decisions/model';
import { plural } from '@/lib/exposures/format';
import type { Page } from '@/lib/http/model';
import type { RevocationActions } from '@/lib/revocations/actions-model';
import type { SessionDetail, SessionEventRow } from '@/lib/sessions/model';

interface SessionPageProps {
  initial: SessionDetail;
  events: Page<SessionEventRow>;
  decisions: Page<DecisionRow>;
  asked: LatestAsked;
  actions: RevocationActions;
  completeTask: CompleteTask;
}

/** One session: what is known of it, what it did, what was decided on it, and how it ended. */
export function SessionPage({ initial, events, decisions, asked, actions, completeTask }: SessionPageProps) {
  const { data: session = initial } = useApi<SessionDetail>(`/sessions/${initial.id}`, {}, { initialData: initial });
  const again = useApi<LatestAsked>(`/sessions/${initial.id}/asked-again`, {}, { initialData: asked });
  const now = useNow() ?? Date.parse(session.lastEventAt);
  const may = useMay('session.terminate');
  const ended = session.endedAt !== null;
  return (
    <>
      <PageHeader
        title={sessionSentence(session, now)}
        sub={
          <span className={classes.badges}>
            <StateBadge state={session.state} />
            <Badge title={OBSERVED_WORDS[session.observedBy].why}>{OBSERVED_WORDS[session.observedBy].word}</Badge>
            {session.stale ? (
              <Badge tone="amber" title={STALE_WHY}>
                stale
              </Badge>
            ) : null}
            {session.dark ? (
              <Badge tone="red" title={DARK_WHY}>
                dark
              </Badge>
            ) : null}
            {session.tags.map((tag) => (
              <Badge key={tag}>{tag}</Badge>
            ))}
            <span>
              {session.label} · {session.connectorName ?? systemName(session.source)}
            </span>
          </span>
        }
        actions={
          <>
            <Button component={Link} href={`/identities/${session.identityId}`}>
              {session.identityName}
            </Button>
            {may && session.task ? (
              <TaskOver sessionId={session.id} task={session.task} ended={ended} complete={completeTask} />
            ) : null}
            {ended ? null : <TerminateButton actions={actions} sessions={[session]} may={may} />}
          </>
        }
      />
      <Stats session={session} />
      <Grid gap="md">
        <Grid.Col span={{ base: 12, lg: 8 }}>
          <Stack gap="md">
            <Did session={session} events={events} decisions={decisions} />
            <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="md" style={{ alignItems: 'start' }}>
              <SessionOrigin session={session} />
            </SimpleGrid>
          </Stack>
        </Grid.Col>
        <Grid.Col span={{ base: 12, lg: 4 }}>
          <Stack gap="md">
            <SessionEnds session={session} />
            {again.data?.latest ? <AskedAgainPanel asked={again.data.latest} /> : null}
            <SessionRisk sessionId={session.id} />
            <SessionLineage session={session} />
            <SessionLikeness sessionId={session.id} />
            <SessionTrust session={session} />
          </Stack>
        </Grid.Col>
      </Grid>
    </>
  );
}

function Stats({ session }: { session: SessionDetail }) {
  const others = session.eventCount - session.readCount - session.changeCount;
  const split = [
    session.readCount ? `${session.readCount} read` : '',
    session.changeCount ? `${session.changeCount} change` : '',
    others ? `${others} ${session.observedBy === 'declared' ? 'asked of the decision point' : 'other'}` : '',
  ];
  return (
    <SimpleGrid cols={{ base: 2, md: 4 }} spacing="md" mb="md">
      <Stat
        label="Lifetime"
        value={<Lifetime session={session} />}
        sub={session.endedAt ? 'from first to last sign' : 'and counting'}
      />
      <Stat
        label="Trust age"
        value={<TrustAge session={session} />}
        sub={session.trustedAt ? 'since trust was last established' : 'nobody says when trust was established'}
      />
      <Stat label="Events" value={session.eventCount} sub={split.filter(Boolean).join(' · ') || 'none stored'} />
      <Stat
        label="Live beside it"
        value={session.beside}
        sub={`${plural(session.beside, 'session', 'sessions')} of the same identity`}
        href={`/sessions?identityId=${session.identityId}&live=true`}
      />
    </SimpleGrid>
  );
}

function Did({
  session,
  events,
  decisions,
}: Pick<SessionPageProps, 'events' | 'decisions'> & { session: SessionDetail }) {
  const [{ tab }, setTab] = useFilters(['tab']);
  const list = useInfiniteApi<DecisionRow>('/decisions', { sessionId: session.id }, decisions);
  const first = events.items.length === 0 && decisions.items.length > 0 ? 'decisions' : 'events';
  return (
    <Panel flush>
      <Tabs
        value={tab === 'decisions' || tab === 'events' ? tab : first}
        onChange={(value) => void setTab({ tab: value === first ? null : value })}
      >
        <Tabs.List px="xs">
          <Tabs.Tab value="events">What it did</Tabs.Tab>
          <Tabs.Tab value="decisions">Decisions</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="events">
          <SessionEvents session={session} initial={events} />
        </Tabs.Panel>
        <Tabs.Panel value="decisions">
          <DecisionTable
            list={list}
            hideIdentity
            hideSession
            maxHeight={520}
            caption="Decisions on this session, newest first"
            empty={
              <EmptyState title="Nothing was decided on this session">
                No service has asked the decision point in its name.
              </EmptyState>
            }
          />
        </Tabs.Panel>
      </Tabs>
    </Panel>
  );
}
