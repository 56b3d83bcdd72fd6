import classes from '@/components/revocations/revocations.module.css';
import { duration } from '@/components/ui/dates';
import type { BlastRadius } from '@/lib/revocations/model';

type Left = NonNullable<BlastRadius['livesOn']>;

const atMost = ({ forMs }: Left[number]): string => (forMs === null ? 'no end of its own' : `≤ ${duration(forMs)}`);

/** The longest: what has no end of its own is longer than all that has. */
const longest = (all: Left): Left[number] =>
  all.reduce((most, one) => ((one.forMs ?? Infinity) > (most.forMs ?? Infinity) ? one : most));

/** What may live on after all that can be was ended, as the connectors declare it: the longest first, the rest on demand. */
export function LivesOn({ all }: { all: Left }) {
  if (!all.length) return null;
  const most = longest(all);
  const [only] = all.length === 1 ? all : [];
  return (
    <tr>
      <td>May live on</td>
      <td>
        {only ? (
          `${only.system}: ${only.what}`
        ) : (
          <details className={classes.livesOn}>
            <summary>
              {all.length} kinds of access in {[...new Set(all.map((one) => one.system))].join(', ')}. Looked for after
              it
            </summary>
            <ul>
              {all.map((one) => (
                <li key={`${one.system} ${one.what}`}>
                  {one.system}: {one.what} ({atMost(one)})
                </li>
              ))}
            </ul>
          </details>
        )}
      </td>
      <td>{atMost(most)}</td>
    </tr>
  );
}
