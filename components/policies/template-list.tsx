import Link from 'next/link';
import classes from '@/components/policies/policies.module.css';
import { Crumb } from '@/components/shell/crumbs';
import { PageHeader } from '@/components/ui/page-header';
import { numberWord, plural, sentenceCase } from '@/lib/exposures/format';
import type { Template } from '@/lib/policies/life-model';

/** Where a new set begins: with one that is written and tested, or with nothing. */
export function TemplateList({ templates }: { templates: Template[] }) {
  return (
    <>
      <Crumb parts={[{ label: 'new' }]} />
      <PageHeader
        title={sentenceCase(`${numberWord(templates.length)} policy sets to begin with, each with its own tests.`)}
        sub="What you choose opens in the editor. It decides nothing until it is applied."
      />
      <ul className={classes.templates}>
        {templates.map((one) => (
          <li key={one.name}>
            <Link href={`/policies/new?template=${one.name}`} className={classes.template}>
              <span className={classes.name}>{one.name}</span>
              <span>{one.description}</span>
              <span className={classes.dim}>
                {one.rules} {plural(one.rules, 'rule')} on {one.meters} {plural(one.meters, 'meter')}, tested
              </span>
            </Link>
          </li>
        ))}
        <li>
          <Link href="/policies/new?template=empty" className={classes.template}>
            <span className={classes.name}>empty</span>
            <span>An empty set that allows everything, to write from scratch.</span>
          </Link>
        </li>
      </ul>
    </>
  );
}
