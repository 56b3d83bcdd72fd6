'use client';

import Link from 'next/link';
import classes from '@/components/sessions/sessions.module.css';
import { Badge } from '@/components/ui/badge';
import { Panel } from '@/components/ui/panel';
import { useApi } from '@/components/ui/use-api';
import { plural } from '@/lib/exposures/format';
import { ALIKE_FROM, type Likeness, type Trait } from '@/lib/sessions/likeness-model';

const WORDS: Record<Trait, string> = {
  actions: 'what it does',
  order: 'in which order',
  agent: 'with which client',
  place: 'from where',
  pace: 'how fast',
};

const percent = (share: number): string => `${Math.round(share * 100)} %`;

/** Whether it is the kind of run its identity has been seen at before. Comes after the page: nothing waits for it. */
export function SessionLikeness({ sessionId }: { sessionId: string }) {
  const { data } = useApi<Likeness>(`/sessions/${sessionId}/likeness`);
  if (!data?.nearest) return null;
  const { nearest, earlier, alike, unseen, acts } = data;
  const known = nearest.likeness >= ALIKE_FROM;
  return (
    <Panel
      title={
        known
          ? `Like a known run: ${percent(nearest.likeness)}`
          : `Like no earlier session: ${percent(nearest.likeness)} at most`
      }
      note={`${acts} ${plural(acts, 'act')} compared with ${earlier} earlier ${plural(earlier, 'session')}`}
    >
      <p style={{ margin: '0 0 6px' }}>
        {known ? `${alike} of ${earlier} ${plural(earlier, 'is', 'are')} alike. Most like ` : 'Most like '}
        <Link href={`/sessions/${nearest.id}`} className="mono">
          {nearest.label}
        </Link>
        .
      </p>
      <ul className={classes.traits}>
        {nearest.traits.map(({ trait, likeness }) => (
          <li key={trait}>
            <span>{WORDS[trait]}</span>
            <Badge tone={likeness >= ALIKE_FROM ? 'green' : likeness >= 0.5 ? 'amber' : 'red'}>
              {percent(likeness)}
            </Badge>
          </li>
        ))}
      </ul>
      {unseen.length ? (
        <p style={{ margin: '6px 0 0' }}>
          None of them did <span className="mono">{unseen.slice(0, 5).join(', ')}</span>
          {unseen.length > 5 ? ` and ${unseen.length - 5} more` : ''}.
        </p>
      ) : null}
    </Panel>
  );
}
