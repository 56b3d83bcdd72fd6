import Link from 'next/link';
import { ExposureBars } from '@/components/exposures/exposure-bars';
import type { PolicyActions } from '@/components/policies/actions-model';
import { Compare } from '@/components/policies/editor/compare';
import { ExemptButton } from '@/components/policies/exempt-dialog';
import { ExemptionList } from '@/components/policies/exemption-list';
import { FixturePanel } from '@/components/policies/fixture-panel';
import classes from '@/components/policies/policies.module.css';
import { ModeBadge } from '@/components/policies/policy-set-list';
import { PolicySource } from '@/components/policies/policy-source';
import { PolicyVersions } from '@/components/policies/policy-versions';
import { MetersInWords, RulesInWords } from '@/components/policies/policy-words';
import { ShadowPanel } from '@/components/policies/shadow-panel';
import { EditLink, Retire } from '@/components/policies/version-actions';
import { setWords } from '@/components/policies/words';
import { Crumb } from '@/components/shell/crumbs';
import { Badge } from '@/components/ui/badge';
import { Identifier } from '@/components/ui/identifier';
import { PageHeader } from '@/components/ui/page-header';
import { Panel } from '@/components/ui/panel';
import { When } from '@/components/ui/when';
import type { ExposureView } from '@/lib/exposures/model';
import type { ExemptionRow, ShadowResults, TestFile } from '@/lib/policies/life-model';
import type { PolicyDocument, PolicySetRow } from '@/lib/policies/model';

export interface PolicySetViewProps {
  set: PolicySetRow;
  source: string;
  document: PolicyDocument | null;
  versions: PolicySetRow[];
  /** Another version's source to compare with. */
  against: { version: number; source: string } | null;
  /** Per limited meter, the exposures nearest to their limit. */
  standing: { meter: string; exposures: ExposureView[]; more: number; all: boolean }[];
  /** Null: nothing of it is in shadow. */
  shadow: ShadowResults | null;
  exemptions: ExemptionRow[];
  /** Fixtures of this version. */
  tests: TestFile[];
  /** Only what manages policies may write. */
  manages: boolean;
  hasDraft: boolean;
  /** No other set is enforced. */
  last: boolean;
  actions: PolicyActions;
}

export function PolicySetView(props: PolicySetViewProps) {
  const { set, source, document, versions, against, standing, shadow, actions } = props;
  const active = versions.find((row) => row.state === 'active') ?? null;
  const guards = document?.rules.filter((rule) => !('allow' in rule)).map((rule) => `${set.name}/${rule.id}`) ?? [];
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
        actions={<Actions {...props} active={active} />}
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
          {shadow ? (
            <ShadowPanel
              initial={shadow}
              row={versions.find((row) => row.state === 'shadow') ?? null}
              active={active?.version ?? null}
              actions={actions}
            />
          ) : null}
          <Panel
            title="Where the limits stand"
            note={
              <>
                nearest first · <Link href={`/policies/${set.name}/boundaries`}>where they can be split</Link>
              </>
            }
          >
            <Standing standing={standing} />
          </Panel>
          <FixturePanel
            key={set.version}
            name={set.name}
            source={source}
            tests={props.tests}
            manages={props.manages}
            run={actions.test}
          />
          <Panel title="Versions">
            <PolicyVersions
              versions={versions}
              shown={set.version}
              against={against?.version ?? null}
              rollBack={actions.rollBack}
            />
          </Panel>
          <Panel title="Exemptions" note={active ? <ExemptButton rules={guards} exempt={actions.exempt} /> : undefined}>
            <ExemptionList
              query={{ set: set.name, past: 'true' }}
              initial={{ items: props.exemptions }}
              end={actions.endExemption}
            />
          </Panel>
        </div>
      </div>
    </>
  );
}

function Actions({
  set,
  manages,
  hasDraft,
  last,
  actions,
  active,
}: PolicySetViewProps & { active: PolicySetRow | null }) {
  if (!manages) return null;
  return (
    <>
      {active && set.id === active.id ? <Retire row={active} last={last} retire={actions.retire} /> : null}
      <EditLink name={set.name} hasDraft={hasDraft} />
    </>
  );
}

const lower = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);

function Sub({ set }: { set: PolicySetRow }) {
  return (
    <>
      version {set.version} · <Identifier value={set.hash} max={13} /> ·{' '}
      <ModeBadge mode={set.state === 'shadow' ? 'shadow' : set.mode} />{' '}
      {set.state === 'active' ? (
        <>
          · active since <When at={set.activatedAt} show="absolute" />
        </>
      ) : set.state === 'shadow' ? null : (
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
      <Compare
        before={against.source}
        after={source}
        beforeLabel={`Version ${against.version}`}
        afterLabel={`Version ${set.version}`}
      />
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
              and {each.all ? '' : 'at least '}
              {each.more} more of {each.meter}
            </p>
          ) : null}
        </div>
      ))}
    </>
  );
}
