'use client';

import { Button, Grid, Group, Stack, Text } from '@mantine/core';
import Link from 'next/link';
import { PassedPanel } from '@/components/decisions/passed-panel';
import { EvidencePanels } from '@/components/findings/evidence-panels';
import classes from '@/components/findings/findings.module.css';
import { Notes } from '@/components/findings/notes';
import { EndButton, type RespondActions, RespondPanel } from '@/components/findings/respond-panel';
import { type FindingActions, StateActions } from '@/components/findings/state-actions';
import { AskToAct } from '@/components/grants/ask-to-act';
import { Badge } from '@/components/ui/badge';
import { PageHeader } from '@/components/ui/page-header';
import { Panel } from '@/components/ui/panel';
import { StateBadge } from '@/components/ui/state-badge';
import { TimedText } from '@/components/ui/timed-text';
import { useApi } from '@/components/ui/use-api';
import { When } from '@/components/ui/when';
import { pathHref } from '@/lib/findings/format';
import { ABUSES, FAMILIES, kindOf } from '@/lib/findings/kinds-model';
import { DETECTORS, type Detector, DISPOSITIONS, type Disposition, type FindingDetail } from '@/lib/findings/model';
import { VECTORS } from '@/lib/findings/vectors-model';

interface FindingPageProps {
  initial: FindingDetail;
  actions: FindingActions;
  respond: RespondActions;
  operator: string;
}

export function FindingPage({ initial, actions, respond, operator }: FindingPageProps) {
  const { data: finding = initial } = useApi<FindingDetail>(`/findings/${initial.id}`, {}, { initialData: initial });
  const path = pathHref(finding.evidence);
  return (
    <>
      <PageHeader
        title={finding.title}
        sub={
          <Group gap="xs" mt={6}>
            <StateBadge state={finding.severity} />
            <StateBadge state={finding.state} />
            <Badge>{DETECTORS[finding.detector as Detector] ?? finding.detector}</Badge>
            <Text component="span" size="sm" c="dimmed">
              first <When at={finding.firstSeenAt} />, last <When at={finding.lastSeenAt} />
              {finding.occurrences > 1 ? `, seen ${finding.occurrences} times` : ''}
            </Text>
          </Group>
        }
        actions={
          <>
            {path ? (
              <Button component={Link} href={path} variant="filled" color="blue">
                Path
              </Button>
            ) : null}
            <Button component={Link} href={`/identities/${finding.identityId}`}>
              {finding.identityName}
            </Button>
            <StateActions finding={finding} actions={actions} operator={operator} />
            <AskToAct type="finding" id={finding.id} />
            <EndButton finding={finding} actions={respond.revocations} />
          </>
        }
      />
      {finding.summary && finding.summary !== finding.title ? (
        <Text mb="md" maw="110ch">
          <TimedText text={finding.summary} />
        </Text>
      ) : null}
      <RespondPanel finding={finding} respond={respond} />
      <Grid gap="md">
        <Grid.Col span={{ base: 12, lg: 8 }}>
          <Stack gap="md">
            <EvidencePanels finding={finding} />
            <PassedPanel
              identityId={finding.identityId}
              from={finding.firstSeenAt}
              to={finding.lastSeenAt}
              began={finding.sessions.map((session) => session.startedAt)}
            />
            <Notes finding={finding} add={actions.note} />
          </Stack>
        </Grid.Col>
        <Grid.Col span={{ base: 12, lg: 4 }}>
          <Stack gap="md">
            <StatePanel finding={finding} />
            <Panel title={`Why ${finding.severity}`}>
              <ul className={classes.reasons}>
                {finding.reasons.map((reason) => (
                  <li key={reason}>
                    <TimedText text={reason} />
                  </li>
                ))}
              </ul>
              <Facts finding={finding} />
            </Panel>
            <ImpactPanel finding={finding} />
            <KindPanel finding={finding} />
            <MappingPanel finding={finding} />
          </Stack>
        </Grid.Col>
      </Grid>
    </>
  );
}

function Facts({ finding }: { finding: FindingDetail }) {
  const facts = Object.entries(finding.evidence.facts ?? {});
  if (facts.length === 0) return null;
  return (
    <dl className={classes.facts}>
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{typeof value === 'string' ? <TimedText text={value} /> : value}</dd>
        </div>
      ))}
    </dl>
  );
}

function StatePanel({ finding }: { finding: FindingDetail }) {
  if (!finding.stateBy) return null;
  return (
    <Panel title="State">
      <Text size="sm">
        {finding.state.charAt(0).toUpperCase() + finding.state.slice(1)} by {finding.stateBy},{' '}
        <When at={finding.stateAt} />
        {finding.state === 'suppressed' ? (
          <>
            , until <When at={finding.suppressUntil} show="absolute" />; {finding.suppressOwner} answers for it
          </>
        ) : null}
        .
      </Text>
      {finding.disposition ? (
        <Text size="sm">{DISPOSITIONS[finding.disposition as Disposition] ?? finding.disposition}.</Text>
      ) : null}
      {finding.stateReason ? (
        <Text size="sm" c="dimmed" mt={4}>
          {finding.stateReason}
        </Text>
      ) : null}
    </Panel>
  );
}

/** What kind of abuse it is: what it needs, and how it most likely came to it. */
function KindPanel({ finding }: { finding: FindingDetail }) {
  const { abuse, dependsOnExistingSession, family, vector: usual } = kindOf(finding.detector);
  const { suspected } = finding.evidence;
  const vector = suspected?.vector ?? usual;
  if (!abuse) return null;
  return (
    <Panel title="What it is">
      <dl className={classes.mapping}>
        <div>
          <dt>family</dt>
          <dd>{FAMILIES[family]}</dd>
        </div>
        <div>
          <dt>abuse</dt>
          <dd>{ABUSES[abuse]}</dd>
        </div>
        <div>
          <dt>needs</dt>
          <dd>{dependsOnExistingSession ? 'a session that is there already' : 'a credential'}</dd>
        </div>
        {vector ? (
          <div>
            <dt>suspected</dt>
            <dd>
              {VECTORS[vector]}
              {suspected ? (
                <Text size="xs" c="dimmed">
                  {suspected.why}
                </Text>
              ) : null}
            </dd>
          </div>
        ) : null}
      </dl>
    </Panel>
  );
}

/** What it did, or is made to do, and how soon it was told. */
function ImpactPanel({ finding }: { finding: FindingDetail }) {
  const secs = Math.round((Date.parse(finding.raisedAt) - Date.parse(finding.firstSeenAt)) / 1000);
  return (
    <Panel title="Impact">
      <dl className={classes.mapping}>
        <div>
          <dt>did</dt>
          <dd>
            {finding.impact.length > 0
              ? finding.impact.map((one) => IMPACT_WORDS[one]).join('; ')
              : 'nothing changed, taken or stopped as far as is known'}
          </dd>
        </div>
        <div>
          <dt>raised</dt>
          <dd>
            <When at={finding.raisedAt} show="absolute" />
            {secs >= 0 && secs < LIVE_SECS ? `, ${secs} s after it began` : ''}
          </dd>
        </div>
      </dl>
    </Panel>
  );
}

const IMPACT_WORDS = {
  change: 'data or settings changed',
  exfiltration: 'data taken',
  disruption: 'work kept from going on',
} as const;
/** Of a log read long after, how long it took says nothing. */
const LIVE_SECS = 3_600;

function MappingPanel({ finding }: { finding: FindingDetail }) {
  if (finding.mapping.length === 0) return null;
  return (
    <Panel title="Stands for">
      <dl className={classes.mapping}>
        {finding.mapping.map((entry) => (
          <div key={`${entry.framework} ${entry.id}`}>
            <dt>
              {entry.framework} <span className={classes.code}>{entry.id}</span>
            </dt>
            <dd>{entry.name}</dd>
          </div>
        ))}
      </dl>
    </Panel>
  );
}
