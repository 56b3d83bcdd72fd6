import { Fragment } from 'react';
import classes from '@/components/policies/policies.module.css';
import { meterWords, ruleWords } from '@/components/policies/words';
import { Badge } from '@/components/ui/badge';
import type { Part } from '@/lib/decisions/format';
import type { PolicyDocument } from '@/lib/policies/model';

function Words({ parts }: { parts: Part[] }) {
  return (
    <p className={classes.words}>
      {parts.map((part, at) => {
        const key = `${at}`;
        if (typeof part === 'string') return <Fragment key={key}>{part}</Fragment>;
        return <code key={key}>{'code' in part ? part.code : part.text}</code>;
      })}
    </p>
  );
}

/** Every rule in words. `#rule-<id>` leads here from a decision. */
export function RulesInWords({ document }: { document: PolicyDocument }) {
  if (document.rules.length === 0) return <p className={classes.dim}>This set has no rules.</p>;
  return (
    <ul className={classes.items}>
      {document.rules.map((rule) => (
        <li key={rule.id} id={`rule-${rule.id}`}>
          <div className={classes.itemHead}>
            <span className={classes.name}>{rule.id}</span>
            {rule.mode === 'shadow' ? <Badge tone="violet">shadow</Badge> : null}
          </div>
          <Words parts={ruleWords(rule, document)} />
          {rule.message ? <p className={`${classes.words} ${classes.dim}`}>Says: “{rule.message}”</p> : null}
          {rule.description ? <p className={`${classes.words} ${classes.dim}`}>{rule.description}</p> : null}
        </li>
      ))}
    </ul>
  );
}

/** Every meter in words. */
export function MetersInWords({ document }: { document: PolicyDocument }) {
  const names = Object.keys(document.meters);
  if (names.length === 0) return <p className={classes.dim}>This set measures nothing.</p>;
  return (
    <ul className={classes.items}>
      {names.map((name) => (
        <li key={name} id={`meter-${name}`}>
          <div className={classes.itemHead}>
            <span className={classes.name}>{name}</span>
          </div>
          <Words parts={meterWords(document.meters[name]!)} />
        </li>
      ))}
    </ul>
  );
}
