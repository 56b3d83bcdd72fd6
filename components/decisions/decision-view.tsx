'use client';

import { Button } from '@mantine/core';
import { IconRoute } from '@tabler/icons-react';
import Link from 'next/link';
import { AloneTogether } from '@/components/decisions/alone-together';
import { AskedAgainPanel } from '@/components/decisions/asked-again';
import { DecisionFacts, DecisionHold, DecisionRecord } from '@/components/decisions/decision-facts';
import shared from '@/components/decisions/decisions.module.css';
import { ExposuresSeen } from '@/components/decisions/exposures-seen';
import classes from '@/components/decisions/path.module.css';
import { RawJson } from '@/components/decisions/raw-json';
import { RulesTable } from '@/components/decisions/rules-table';
import { Sentence } from '@/components/decisions/sentence';
import { Crumb } from '@/components/shell/crumbs';
import { Badge } from '@/components/ui/badge';
import { shortened } from '@/components/ui/identifier';
import { PageHeader } from '@/components/ui/page-header';
import { Panel } from '@/components/ui/panel';
import { When } from '@/components/ui/when';
import type { AskedAgain } from '@/lib/decisions/again-model';
import { decisionHeadline } from '@/lib/decisions/format';
import type { DecisionDetail } from '@/lib/decisions/model';

/** Everything that is known about one decision: the sentence, both verdicts, every rule, every exposure, the record itself. */
export function DecisionView({ detail, asked }: { detail: DecisionDetail; asked: AskedAgain | null }) {
  const { decision, trace } = detail;
  const fired = trace.rules.filter((rule) => rule.fired).length;
  return (
    <>
      <Crumb parts={[{ label: shortened(decision.id, 13), href: `/decisions/${decision.id}`, mono: true }]} />
      <PageHeader title={<Sentence parts={decisionHeadline(trace)} />} sub={<Sub detail={detail} />} />
      <div className={classes.page}>
        <div className={classes.side}>
          <Panel title="Alone beside together" note={`${fired} of ${trace.rules.length} rules fired`}>
            <AloneTogether trace={trace} />
            <div style={{ marginTop: 10 }}>
              <RulesTable rules={trace.rules} alone />
            </div>
          </Panel>
          <Panel title="Exposures" note="before and after">
            <ExposuresSeen trace={trace} names={detail.keyNames} />
          </Panel>
          <RawJson title="Request as received" value={trace.request} open />
          <RawJson title="Trace" note="in full; the log keeps it without what follows from it" value={trace} />
        </div>
        <div className={classes.side}>
          <Panel title="Who and what">
            <DecisionFacts detail={detail} />
          </Panel>
          {asked ? <AskedAgainPanel asked={asked} onDecision /> : null}
          {detail.hold ? (
            <Panel title="Hold">
              <DecisionHold hold={detail.hold} />
            </Panel>
          ) : null}
          <Panel title="Record">
            <DecisionRecord detail={detail} />
          </Panel>
        </div>
      </div>
    </>
  );
}

function Sub({ detail }: { detail: DecisionDetail }) {
  const { decision, trace, neighbours } = detail;
  const metered = trace.exposures.length > 0 && !trace.dryRun;
  return (
    <span className={classes.sub}>
      {trace.dryRun ? <Badge tone="blue">dry run</Badge> : null}
      {trace.told !== undefined ? (
        <span>
          done without asking <When at={new Date(trace.told).toISOString()} />, told afterwards: it counts either way
        </span>
      ) : null}
      {trace.supersedes ? (
        <span>
          decided anew, in place of{' '}
          <Link href={`/decisions/${trace.supersedes}`} className={shared.mono}>
            {shortened(trace.supersedes, 13)}
          </Link>
        </span>
      ) : null}
      {metered ? (
        <Button
          component={Link}
          href={`/decisions/${decision.id}/path`}
          size="compact-sm"
          leftSection={<IconRoute size={15} aria-hidden />}
        >
          How it got there
        </Button>
      ) : null}
      {neighbours.previous ? (
        <Button component={Link} href={`/decisions/${neighbours.previous.id}`} size="compact-sm" variant="subtle">
          ← before it
        </Button>
      ) : null}
      {neighbours.next ? (
        <Button component={Link} href={`/decisions/${neighbours.next.id}`} size="compact-sm" variant="subtle">
          after it →
        </Button>
      ) : null}
    </span>
  );
}
