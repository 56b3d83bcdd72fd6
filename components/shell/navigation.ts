import type { Summary } from '@/lib/shell/model';

export interface NavEntry {
  href: string;
  label: string;
  /** What stands beside it; null = nothing. */
  badge?: (summary: Summary) => { text: string; tone: 'quiet' | 'red' | 'amber' } | null;
}

const grouped = (n: number): string => n.toLocaleString('en').replaceAll(',', '\u202f');
const some = (n: number, tone: 'red' | 'amber') => (n > 0 ? { text: grouped(n), tone } : null);

export const NAVIGATION: { group: string | null; entries: NavEntry[] }[] = [
  {
    group: null,
    entries: [
      { href: '/', label: 'Overview' },
      {
        href: '/identities',
        label: 'Identities',
        badge: ({ identities }) => ({ text: grouped(identities), tone: 'quiet' }),
      },
      { href: '/workflows', label: 'Workflows' },
      {
        href: '/sessions',
        label: 'Sessions',
        badge: ({ liveSessions }) => ({ text: `${grouped(liveSessions)} live`, tone: 'quiet' }),
      },
      { href: '/decisions', label: 'Decisions' },
      { href: '/limits', label: 'Near limits' },
      { href: '/holds', label: 'Held now' },
    ],
  },
  {
    group: 'Respond',
    entries: [
      { href: '/findings', label: 'Findings', badge: ({ openFindings }) => some(openFindings, 'red') },
      { href: '/playbooks', label: 'Playbooks' },
      { href: '/approvals', label: 'Approvals', badge: ({ waitingApprovals }) => some(waitingApprovals, 'amber') },
      {
        href: '/revocations',
        label: 'Revocations',
        badge: ({ unfinishedRevocations }) => some(unfinishedRevocations, 'amber'),
      },
    ],
  },
  {
    group: 'Govern',
    entries: [
      { href: '/reports/weekly', label: 'Coverage report' },
      { href: '/policies', label: 'Policies' },
      { href: '/connectors', label: 'Connectors' },
      { href: '/intake', label: 'Intake' },
      { href: '/consents', label: 'Consents' },
      { href: '/audit', label: 'Audit log' },
    ],
  },
];

/** Pages that others lead to; found by their names all the same. */
export const BESIDE: NavEntry[] = [
  { href: '/sessions/runs', label: 'Runs' },
  { href: '/decisions/friction', label: 'What control costs' },
  { href: '/findings/hunts', label: 'Hunt' },
  { href: '/definitions', label: 'Definitions' },
  { href: '/policies/new', label: 'New policy set' },
];

export const SETTINGS: NavEntry = {
  href: '/settings',
  label: 'Settings',
  badge: ({ waitingGrants }) => some(waitingGrants, 'amber'),
};

/** Pages under Settings; `needs`: only for who may manage that. */
export const SETTINGS_PAGES = [
  { href: '/settings/operators', label: 'Operators', needs: 'operators' },
  { href: '/settings/grants', label: 'Roles for a time', needs: null },
  { href: '/settings/tokens', label: 'API tokens', needs: 'tokens' },
  { href: '/settings/notifications', label: 'Notifications', needs: null },
  { href: '/settings/signals', label: 'Shared signals', needs: null },
  { href: '/settings/responses', label: 'Automatic response', needs: null },
  { href: '/settings/mappings', label: 'Mappings', needs: null },
  { href: '/settings/zones', label: 'Zones', needs: null },
  { href: '/settings/sessions', label: 'Abandoned sessions', needs: null },
  { href: '/settings/account', label: 'Your account', needs: null },
] as const;

export const isCurrent = (href: string, pathname: string): boolean =>
  href === '/' ? pathname === '/' : pathname === href || pathname.startsWith(`${href}/`);

export const entryOf = (pathname: string): NavEntry | undefined =>
  [...NAVIGATION.flatMap((group) => group.entries), SETTINGS].find((entry) => isCurrent(entry.href, pathname));
