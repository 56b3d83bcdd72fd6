import { useQuery } from '@tanstack/react-query';
import { callApi } from '@/components/ui/call-api';

/** Lists that search for words; each reads `?q=`. */
export const SEARCHED = [
  { href: '/decisions', label: 'Decisions' },
  { href: '/sessions', label: 'Sessions' },
  { href: '/findings', label: 'Findings' },
  { href: '/revocations', label: 'Revocations' },
  { href: '/audit', label: 'Audit log' },
] as const;

const KINDS = [
  { path: '/decisions', word: 'Decision' },
  { path: '/sessions', word: 'Session' },
  { path: '/findings', word: 'Finding' },
  { path: '/identities', word: 'Identity' },
  { path: '/revocations', word: 'Revocation' },
] as const;

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export interface Hit {
  href: string;
  label: string;
}

/** What an id names, whatever it is: an id out of a log or a ticket leads to its page. */
export function useHitById(text: string): { hit: Hit | undefined; looking: boolean } {
  const id = text.trim().toLowerCase();
  const { data, isFetching } = useQuery({
    queryKey: ['hit', id],
    enabled: ID.test(id),
    staleTime: 60_000,
    queryFn: async ({ signal }): Promise<Hit | null> => {
      const found = await Promise.allSettled(KINDS.map(({ path }) => callApi(`${path}/${id}`, {}, signal)));
      const kind = KINDS[found.findIndex(({ status }) => status === 'fulfilled')];
      return kind ? { href: `${kind.path}/${id}`, label: `${kind.word} ${id}` } : null;
    },
  });
  return { hit: ID.test(id) ? (data ?? undefined) : undefined, looking: isFetching };
}
