import Link from 'next/link';
import { ExposureBars } from '@/components/exposures/exposure-bars';
import classes from '@/components/policies/policies.module.css';
import { ModeBadge } from '@/components/policies/policy-set-list';
import { PolicyDiff, PolicySource } from '@/components/policies/policy-source';
import { PolicyVersions } from '@/components/policies/policy-versions';
import { MetersInWords, RulesInWords } from '@/components/policies/policy-words';
import { setWords } from '@/components/policies/words';
import { Crumb } from '@/components/shell/crumbs';
import { Badge } from '@/components/ui/badge';
import { Identifier } from '@/components/ui/identifier';
import { PageHeader } from '@/components/ui/page-header';
import { Panel } from '@/components/ui/panel';
import { When } from '@/components/ui/when';
import type { ExposureView } from '@/lib/exposures/model';
import type { PolicyDocument, PolicySetRow } from '@/lib/policies/model';

export interface PolicySetViewProps {
  set: PolicySetRow;
  source: string;
  document: PolicyDocument | null;
  versions: PolicySetRow[];
  /** Another version's source to compare with. */
  against: { version: number; source: string } | null;
  /** Per limited meter, the exposures nearest to their limit. */
  standing: { meter: string; exposures: ExposureView[]; more: number }[];
}

export function PolicySetView(props: PolicySetViewProps) {
  const { set, source, document, versions, against, standing } = props;
  return (
    <>
      <Crumb parts={[{ label: set.name, href: `/policies/${set.name}`, mono: true }]} />
      <PageHeader
        title={
          <>
            <span className={classes.mono}>{set.name}</span>
            {document ? ` ${lower(setWords(document))}.` : ' can no longer be read.'}
          </>
        }
        sub={<Sub set={set} />}
      />
      <div className={classes.page}>
        <div className={classes.column}>
          {document ? (
            <Panel title="Rules">
              <RulesInWords document={document} />
            </Panel>
          ) : null}
          {document ? (
            <Panel title="Meters">
              <MetersInWords document={document} />
            </Panel>
          ) : null}
          <Source set={set} source={source} against={against} />
        </div>
        <div className={classes.column}>
          <Panel title="Where the limits stand" note="nearest first">
            <Standing standing={standing} />
          </Panel>
          <Panel title="Versions">
            <PolicyVersions versions={versions} shown={set.version} against={against?.version ?? null} />
          </Panel>
        </div>
      </div>
    </>
  );
}

const lower = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);

function Sub({ set }: { set: PolicySetRow }) {
  return (
    <>
      version {set.version} · <Identifier value={set.hash} max={13} /> · <ModeBadge mode={set.mode} />{' '}
      {set.state === 'active' ? (
        <>
          · active since <When at={set.activatedAt} show="absolute" />
        </>
      ) : (
        <Badge tone="amber">{set.state}</Badge>
      )}{' '}
      · applied by {set.createdBy}
    </>
  );
}

function Source({ set, source, against }: Pick<PolicySetViewProps, 'set' | 'source' | 'against'>) {
  if (!against)
    return (
      <Panel title="Source" note={`version ${set.version}, as applied`} flush>
        <PolicySource source={source} />
      </Panel>
    );
  return (
    <Panel
      title={`What version ${set.version} changed against version ${against.version}`}
      note={<Link href={`/policies/${set.name}?version=${set.version}`}>whole source</Link>}
      flush
    >
      <PolicyDiff before={against.source} after={source} />
    </Panel>
  );
}

function Standing({ standing }: Pick<PolicySetViewProps, 'standing'>) {
  const moved = standing.filter((each) => each.exposures.length > 0);
  if (moved.length === 0) return <p className={classes.dim}>No request has moved a meter of this set yet.</p>;
  return (
    <>
      {moved.map((each) => (
        <div key={each.meter} className={classes.standing}>
          <ExposureBars exposures={each.exposures} />
          {each.more > 0 ? (
            <p className={classes.dim}>
              and {each.more} more of {each.meter}
            </p>
          ) : null}
        </div>
      ))}
    </>
  );
}
