import { Text } from '@mantine/core';
import Link from 'next/link';
import classes from '@/components/definitions/definitions.module.css';
import { Crumb } from '@/components/shell/crumbs';
import { PageHeader } from '@/components/ui/page-header';
import { Panel } from '@/components/ui/panel';
import { GAPS } from '@/lib/connectors/gap-model';
import { DEFINITIONS, TERMS } from '@/lib/definitions/model';
import { FRAMEWORKS, MAPPING } from '@/lib/findings/mapping-model';
import { DETECTORS, type Detector } from '@/lib/findings/model';

const KINDS = (Object.keys(DETECTORS) as Detector[]).filter((detector) => detector !== 'manual');

const COLUMNS = [...new Set(KINDS.flatMap((detector) => MAPPING[detector].map(({ framework }) => framework)))];

/** What the words mean, what each finding stands for, and the known gaps: all of it data, with its version. */
export function DefinitionsPage() {
  return (
    <>
      <Crumb parts={[{ label: 'Findings', href: '/findings' }, { label: 'Definitions' }]} />
      <PageHeader
        title="What the words mean"
        sub={`Version ${DEFINITIONS.version} of ${DEFINITIONS.since}. Findings are mapped to ${FRAMEWORKS.map((one) => `${one.name} ${one.version}`).join(', ')}.`}
      />
      <Panel title="Words">
        <dl className={classes.terms}>
          {TERMS.map(({ term, means }) => (
            <div key={term} id={term.toLowerCase().replace(/[^a-z]+/g, '-')}>
              <dt>{term}</dt>
              <dd>{means}</dd>
            </div>
          ))}
        </dl>
      </Panel>
      <Panel title="Findings" note="what each stands for in the frameworks people report in">
        <table className={classes.mapping}>
          <thead>
            <tr>
              <th scope="col">Finding</th>
              {COLUMNS.map((name) => (
                <th key={name} scope="col">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {KINDS.map((detector) => (
              <tr key={detector} id={detector}>
                <th scope="row">
                  <Link href={`/findings?detector=${detector}`}>{DETECTORS[detector]}</Link>
                </th>
                {COLUMNS.map((name) => (
                  <td key={name}>
                    {MAPPING[detector]
                      .filter(({ framework }) => framework === name)
                      .map((one) => (
                        <span key={one.id} className={classes.entry}>
                          <b>{one.id}</b> {one.name}
                        </span>
                      ))}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </Panel>
      <Panel title="Revoked, and yet it lives" note="the known gaps, and what a revocation reads while one lasts">
        <dl className={classes.terms}>
          {Object.entries(GAPS).map(([id, gap]) => (
            <div key={id} id={id}>
              <dt>
                {id} {gap.title}
              </dt>
              <dd>
                {gap.why} Reads <b>{gap.reads}</b>.
                <Text size="xs" c="dimmed">
                  Seen at {gap.seenAt.join(', ')}
                </Text>
              </dd>
            </div>
          ))}
        </dl>
      </Panel>
    </>
  );
}
