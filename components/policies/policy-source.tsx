import classes from '@/components/policies/policies.module.css';
import { folded, lineDiff } from '@/lib/policies/diff-format';

/** The YAML as it was applied, numbered. */
export function PolicySource({ source }: { source: string }) {
  const lines = source
    .replace(/\n$/, '')
    .split('\n')
    .map((text, at) => ({ text, number: at + 1 }));
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls has to be reachable by key
    <section className={classes.source} aria-label="Source of the set" tabIndex={0}>
      {lines.map(({ text, number }) => (
        <div key={number} className={classes.line}>
          <span className={classes.number} aria-hidden>
            {number}
          </span>
          <span className={/^\s*#/.test(text) ? classes.comment : undefined}>{text || ' '}</span>
        </div>
      ))}
    </section>
  );
}

const SIGNS = { same: ' ', added: '+', removed: '−' } as const;

/** What one version changed against another. */
export function PolicyDiff({ before, after }: { before: string; after: string }) {
  const all = lineDiff(before, after);
  const shown = folded(all).map((line, at) => ({ line, key: at }));
  if (all.every((line) => line.kind === 'same')) return <p className={classes.dim}>The two versions say the same.</p>;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls has to be reachable by key
    <section className={classes.source} aria-label="Lines removed and added" tabIndex={0}>
      {shown.map(({ line, key }) =>
        line === null ? (
          <div key={key} className={classes.line} data-kind="gap">
            <span className={classes.number}>⋯</span>
          </div>
        ) : (
          <div key={key} className={classes.line} data-kind={line.kind}>
            <span className={classes.number} aria-hidden>
              {line.before ?? ''}
            </span>
            <span className={classes.number} aria-hidden>
              {line.after ?? ''}
            </span>
            <span className={classes.sign}>{SIGNS[line.kind]}</span>
            <span>{line.text || ' '}</span>
          </div>
        ),
      )}
    </section>
  );
}
