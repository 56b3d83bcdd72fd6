import { Badge } from '@/components/ui/badge';
import type { ConsentRow } from '@/lib/consents/model';

const SHOWN = 8;

/** Scopes granted, each with whether it was used; then those used beyond them. */
export function Scopes({ row }: { row: ConsentRow }) {
  const unused = new Set(row.unused);
  if (row.scopes.length === 0 && row.beyond.length === 0) return <>not told</>;
  return (
    <span style={{ display: 'inline-flex', flexWrap: 'wrap', gap: 4, maxWidth: '56ch' }}>
      {row.beyond.map((scope) => (
        <Badge key={`beyond ${scope}`} tone="red" title="used, and not granted">
          {scope}: not granted
        </Badge>
      ))}
      {row.scopes.slice(0, SHOWN).map((scope) => (
        <Badge
          key={scope}
          tone={row.used === null ? 'quiet' : unused.has(scope) ? 'amber' : 'green'}
          title={row.used === null ? 'its log does not tell what is used' : unused.has(scope) ? 'never used' : 'used'}
        >
          {scope}
          {unused.has(scope) ? ': not used' : ''}
        </Badge>
      ))}
      {row.scopes.length > SHOWN ? <span>and {row.scopes.length - SHOWN} more</span> : null}
    </span>
  );
}
