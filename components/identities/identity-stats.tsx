'use client';

import classes from '@/components/identities/identities.module.css';
import { Stat } from '@/components/ui/stat';
import { When } from '@/components/ui/when';
import { amountText, meterText, percentOf, plural, scopeWord, severalSets } from '@/lib/exposures/format';
import { TEST_WORDS } from '@/lib/identities/format';
import type { IdentityDetail } from '@/lib/identities/model';
import type { Standing } from '@/lib/identities/standing-model';
import type { Concurrency } from '@/lib/sessions/model';

interface IdentityStatsProps {
  identity: IdentityDetail;
  standing: Standing;
  usual: Concurrency['usual'];
}

/** Five figures, each leading to its rows. */
export function IdentityStats({ identity, standing, usual }: IdentityStatsProps) {
  return (
    <div className={classes.stats}>
      <LiveStat identity={identity} usual={usual} />
      <NearestStat identity={identity} exposures={standing.exposures} />
      <SplitStat identity={identity} decisions={standing.decisions} />
      <FindingStat identity={identity} standing={standing} />
      <VisibilityStat identity={identity} />
    </div>
  );
}

function LiveStat({ identity, usual }: { identity: IdentityDetail; usual: Concurrency['usual'] }) {
  const { liveSessions: live, concurrencyLimit: limit, peakSessions: peak } = identity;
  const range = usual && (usual.low === usual.high ? `${usual.low}` : `${usual.low}–${usual.high}`);
  return (
    <Stat
      label="Live sessions"
      value={live}
      of={limit === null ? 'no limit set' : `/ ${limit} allowed`}
      sub={
        <>
          {range ? `usual ${range} · ` : ''}peak {peak}
          {identity.peakAt ? (
            <>
              , <When at={identity.peakAt} />
            </>
          ) : null}
        </>
      }
      tone={limit !== null && live > limit ? 'red' : undefined}
      href={`/sessions?identityId=${identity.id}&live=true`}
    />
  );
}

function NearestStat({ identity, exposures }: { identity: IdentityDetail; exposures: Standing['exposures'] }) {
  const nearest = exposures.find((exposure) => exposure.limit !== null);
  if (!nearest?.limit)
    return (
      <Stat
        label="Nearest limit"
        value="–"
        sub={exposures.length > 0 ? 'no exposure has a limit' : 'no exposure yet'}
      />
    );
  const share = percentOf(BigInt(nearest.settled) + BigInt(nearest.held), nearest.limit);
  const key = nearest.key === identity.id ? '' : ` ${nearest.keyName ?? nearest.key}`;
  return (
    <Stat
      label="Nearest limit"
      value={`${share}\u00a0%`}
      sub={`${meterText(nearest, severalSets(exposures))} on ${scopeWord(nearest.scope)}${key}`}
      tone={share >= 100 ? 'red' : share >= 80 ? 'amber' : undefined}
      href={`/decisions/path?exposure=${nearest.id}`}
    />
  );
}

function SplitStat({ identity, decisions }: { identity: IdentityDetail; decisions: Standing['decisions'] }) {
  const spared = decisions.spared.map((each) => amountText(each.amount, each.scale, each.unit)).slice(0, 2);
  return (
    <Stat
      label="Allowed alone, denied together"
      value={decisions.split}
      sub={
        spared.length > 0
          ? `${spared.join(' and ')} not spent, last hour`
          : `of ${decisions.total} ${plural(decisions.total, 'decision')} in the last hour`
      }
      tone={decisions.split > 0 ? 'red' : undefined}
      href={`/decisions?identityId=${identity.id}&onlySplit=true&range=1h`}
    />
  );
}

function FindingStat({ identity, standing }: { identity: IdentityDetail; standing: Standing }) {
  const { findings, moreFindings } = standing;
  const urgent = findings.some((finding) => finding.severity === 'critical' || finding.severity === 'high');
  return (
    <Stat
      label="Open findings"
      value={`${findings.length}${moreFindings ? '+' : ''}`}
      sub={findings[0]?.title ?? 'nothing found'}
      tone={urgent ? 'red' : findings.length > 0 ? 'amber' : undefined}
      href={`/findings?identityId=${identity.id}&state=active`}
    />
  );
}

function VisibilityStat({ identity }: { identity: IdentityDetail }) {
  const { visibility, missing } = identity;
  if (visibility === null)
    return <Stat label="Visibility" value="–" of="/ 6" sub="not judged yet: the report does" href="/reports/weekly" />;
  const words = missing.map((test) => TEST_WORDS[test.test] ?? test.test);
  return (
    <Stat
      label="Visibility"
      value={visibility}
      of="/ 6"
      sub={words.length === 0 ? 'all six tests passed' : words.slice(0, 2).join(', ')}
      href={`/reports/weekly?identity=${identity.id}#identities`}
    />
  );
}
