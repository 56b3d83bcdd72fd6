import classes from '@/components/connectors/connectors.module.css';
import { Badge } from '@/components/ui/badge';
import { ABILITIES, GRANULARITY, VISIBILITY, visibilityOf } from '@/lib/connectors/format';
import { GAPS, type GapId } from '@/lib/connectors/gap-model';
import type { Capabilities } from '@/lib/connectors/model';

const MEANS: Record<string, string> = { native: '', derived: ' (derived)', none: ': not possible' };

function Gaps({ gaps }: { gaps: Capabilities['gaps'] }) {
  const known = Object.entries(gaps ?? {}) as [GapId, string][];
  if (!known.length) return null;
  return (
    <dl className={classes.gaps} aria-label="Known gaps">
      {known.map(([id, words]) => (
        <div key={id}>
          <dt>
            <Badge tone="amber" title={GAPS[id].why}>
              {id}
            </Badge>{' '}
            {GAPS[id].title}
          </dt>
          <dd>{words}</dd>
        </div>
      ))}
    </dl>
  );
}

/** What the system can really do and how, what it can't, and in which ways "revoked" may not be revoked there. */
export function Able({ capabilities }: { capabilities: Capabilities }) {
  const facts: [string, string][] = [
    ['Braid sees', `${VISIBILITY[visibilityOf(capabilities)]}. ${capabilities.observability}`],
    ['Ends', `${GRANULARITY[capabilities.granularity]}${capabilities.async ? '; answers before it has acted' : ''}`],
    ['Also hits', capabilities.blastRadius],
    ['Can be undone', capabilities.reversible ? 'yes' : 'no: what is taken is set up anew by hand'],
    ['Needs the token itself', capabilities.needsHeldToken ? 'yes, to end it alone' : 'no'],
  ];
  return (
    <>
      <ul className={classes.able} aria-label="What it can do">
        {Object.entries(ABILITIES).map(([key, words]) => {
          const means = capabilities[key as keyof typeof ABILITIES] ?? 'none';
          return (
            <li key={key} data-able={means}>
              <span className={classes.sign} data-ok={means !== 'none'} aria-hidden>
                {means === 'none' ? '–' : '✓'}
              </span>
              {words}
              {MEANS[means]}
            </li>
          );
        })}
      </ul>
      <dl className={classes.facts}>
        {facts.map(([term, words]) => (
          <div key={term} className={classes.fact}>
            <dt>{term}</dt>
            <dd>{words}</dd>
          </div>
        ))}
      </dl>
      <Gaps gaps={capabilities.gaps} />
    </>
  );
}
