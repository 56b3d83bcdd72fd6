import classes from '@/components/revocations/revocations.module.css';
import { duration } from '@/components/ui/dates';
import type { Left, LeftLists } from '@/lib/revocations/left/model';

/** Paths a system draws at most; all of them are in the list below. */
const MOST = 12;

const lasts = (one: Left, now: number): number | null => (one.until === null ? null : Date.parse(one.until) - now);

/**
 * Every path still open, from the identity through its system to what is left, each as long as it lives: what has no end known
 * runs out of the picture. `at`: when this was so.
 */
export function LeftGraph({ name, lists, at }: { name: string; lists: LeftLists; at: string }) {
  const now = Date.parse(at);
  const all = [...lists.sessions, ...lists.tokens, ...lists.delegations];
  const systems = [...new Set(all.map((one) => one.where))].map((where) => ({
    where,
    paths: all.filter((one) => one.where === where),
  }));
  const longest = Math.max(60_000, ...all.map((one) => lasts(one, now) ?? 0));
  return (
    <div className={classes.paths} role="img" aria-label={`${all.length} paths of ${name} still open, by system`}>
      <b className={classes.root}>{name}</b>
      <ul>
        {systems.map(({ where, paths }) => (
          <li key={where}>
            <span>{where}</span>
            <ul>
              {paths.slice(0, MOST).map((one) => {
                const ms = lasts(one, now);
                return (
                  <li key={`${one.what} ${one.href} ${one.until}`}>
                    <span className={classes.path} title={one.what}>
                      {one.what}
                    </span>
                    <span className={classes.track}>
                      <i
                        data-endless={ms === null || undefined}
                        style={{ width: `${ms === null ? 100 : Math.max(3, (100 * Math.max(0, ms)) / longest)}%` }}
                      />
                    </span>
                    <span className={classes.ends}>{ms === null ? 'no end known' : duration(Math.max(0, ms))}</span>
                  </li>
                );
              })}
              {paths.length > MOST ? <li>and {paths.length - MOST} more</li> : null}
            </ul>
          </li>
        ))}
      </ul>
    </div>
  );
}
