import Link from 'next/link';
import shared from '@/components/decisions/decisions.module.css';
import classes from '@/components/decisions/path.module.css';
import { Badge } from '@/components/ui/badge';
import { VerdictBadge } from '@/components/ui/verdict-badge';
import type { RuleSeen } from '@/lib/decisions/model';
import { ruleText, severalSets } from '@/lib/exposures/format';

/** Every rule that was looked at and what it saw: those that fired first. `alone` adds how each judged the session by itself. */
export function RulesTable({ rules, alone }: { rules: RuleSeen[]; alone?: boolean }) {
  if (rules.length === 0) return <p className={shared.dim}>No rule applies to this action.</p>;
  const several = severalSets(rules);
  const sorted = [...rules].sort((a, b) => Number(b.fired) - Number(a.fired));
  return (
    <table className={`${classes.table} ${classes.inset}`}>
      <caption>Rules and what each saw</caption>
      <thead>
        <tr>
          <th scope="col">Rule</th>
          <th scope="col">Saw</th>
          {alone ? <th scope="col">Alone</th> : null}
          <th scope="col">{alone ? 'Together' : 'Fired'}</th>
        </tr>
      </thead>
      <tbody>
        {sorted.map((rule) => (
          <tr key={`${rule.set}/${rule.id}/${rule.mode}/${rule.exposureId ?? ''}`} data-fired={rule.fired || undefined}>
            <td>
              <Link
                href={`/policies/${rule.set}#rule-${rule.id}`}
                className={`${shared.quietLink} ${shared.mono} ${classes.rule}`}
                title={`${rule.set}/${rule.id}`}
                prefetch={false}
              >
                {ruleText(rule, several)}
              </Link>
              {rule.mode === 'shadow' ? (
                <>
                  {' '}
                  <Badge title="Judged, but changes no verdict">shadow</Badge>
                </>
              ) : null}
              {rule.exempt ? (
                <>
                  {' '}
                  <Badge tone="amber" title={`It did not bind: exemption ${rule.exempt}`}>
                    exempt
                  </Badge>
                </>
              ) : null}
            </td>
            <td className={classes.wrap}>{kept(rule.saw)}</td>
            {alone ? (
              <td>
                <Fired rule={rule} fired={rule.aloneFired} />
              </td>
            ) : null}
            <td>
              <Fired rule={rule} fired={rule.fired} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const APART = new Set(['does not apply', 'the meter does not count this request']);

/** The rules that had something to say, in little room; the rest as a number. */
export function RulesBrief({ rules }: { rules: RuleSeen[] }) {
  const told = rules
    .filter((rule) => rule.fired || !APART.has(rule.saw))
    .sort((a, b) => Number(b.fired) - Number(a.fired));
  const silent = rules.length - told.length;
  const several = severalSets(rules);
  return (
    <>
      <ul className={classes.rules}>
        {told.map((rule) => (
          <li key={`${rule.set}/${rule.id}/${rule.mode}/${rule.exposureId ?? ''}`} data-fired={rule.fired || undefined}>
            <div className={classes.told}>
              <Link
                href={`/policies/${rule.set}#rule-${rule.id}`}
                className={`${shared.quietLink} ${shared.mono} ${classes.rule}`}
                title={`${rule.set}/${rule.id}`}
                prefetch={false}
              >
                {ruleText(rule, several)}
              </Link>
              <div className={classes.wrap}>{kept(rule.saw)}</div>
            </div>
            {rule.mode === 'shadow' ? <Badge title="Judged, but changes no verdict">shadow</Badge> : null}
            {rule.exempt ? (
              <Badge tone="amber" title={`It did not bind: exemption ${rule.exempt}`}>
                exempt
              </Badge>
            ) : null}
            <Fired rule={rule} fired={rule.fired} />
          </li>
        ))}
      </ul>
      {silent > 0 ? (
        <p className={classes.silent}>
          {silent} more {silent === 1 ? 'rule does' : 'rules do'} not concern this request.
        </p>
      ) : null}
    </>
  );
}

/** Keeps grouped digits on one line. */
const kept = (saw: string): string => saw.replace(/(\d) (?=\d{3}(?!\d))/g, '$1\u202f');

function Fired({ rule, fired }: { rule: RuleSeen; fired: boolean | null }) {
  if (fired === null) return <span className={shared.dim}>–</span>;
  return fired ? <VerdictBadge verdict={rule.verdict} /> : <span className={shared.dim}>no</span>;
}
