import Link from 'next/link';

const FINDING = /\bfinding ([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\b/;

/** A reason as it was given; a finding that a rule names in it leads there. */
export function ReasonText({ children }: { children: string }) {
  const found = FINDING.exec(children);
  if (!found) return <>{children}</>;
  return (
    <>
      {children.slice(0, found.index)}
      <Link href={`/findings/${found[1]}`} prefetch={false}>
        the finding
      </Link>
      {children.slice(found.index + found[0].length)}
    </>
  );
}
