import classes from '@/components/policies/policies.module.css';

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
