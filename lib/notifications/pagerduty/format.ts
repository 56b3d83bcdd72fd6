import { type Message, messageOf } from '@/lib/notifications/format';
import type { NoticeFact } from '@/lib/notifications/model';

// PagerDuty Events API v2. A dedup_key is what makes sending again harmless, and lets a closed finding resolve its incident.

const SEVERITY = { critical: 'critical', high: 'error', medium: 'warning', low: 'info' } as const;

const ACTION: Partial<Record<NoticeFact['event'], 'acknowledge' | 'resolve'>> = {
  'finding.acknowledged': 'acknowledge',
  'finding.suppressed': 'resolve',
  'finding.closed': 'resolve',
  'identity.restored': 'resolve',
  'revocation.verified': 'resolve',
};

const keyOf = ({ target }: NoticeFact): string => `braid:${target.type}:${target.id}`;

const trigger = (message: Message, at: string, key: string, source: string, component?: string) => ({
  event_action: 'trigger',
  dedup_key: key,
  client: 'Braid',
  client_url: message.url,
  payload: {
    summary: message.headline.slice(0, 1024),
    source,
    severity: SEVERITY[message.severity],
    timestamp: at,
    ...(component ? { component } : {}),
    custom_details: {
      what: message.sentence,
      ...Object.fromEntries(message.lines),
      ...(message.entries.length > 0
        ? { collected: message.entries.map((entry) => `[${entry.severity}] ${entry.headline}: ${entry.url}`) }
        : {}),
      ...(message.more > 0 ? { more: message.more } : {}),
    },
  },
  links: [
    { href: message.url, text: 'Open in Braid' },
    ...(message.end ? [{ href: message.end.url, text: 'End it' }] : []),
  ],
});

/** The events of one delivery, without the routing key: what is new as one incident, what is over each by itself. */
export function eventsOf(notices: readonly NoticeFact[], base: string, deliveryId: string): object[] {
  const over = notices.filter((notice) => ACTION[notice.event]);
  const fresh = notices.filter((notice) => !ACTION[notice.event]);
  const source = new URL(base).host;
  const [first] = fresh;
  const at = fresh.at(-1)?.at ?? '';
  const one = new Set(fresh.map(keyOf)).size === 1;
  return [
    ...(first
      ? [
          trigger(
            messageOf(one ? [fresh.at(-1)!] : fresh, base),
            at,
            one ? keyOf(first) : `braid:digest:${deliveryId}`,
            source,
            one ? first.body.identity?.name : undefined,
          ),
        ]
      : []),
    ...over.map((notice) => ({ event_action: ACTION[notice.event], dedup_key: keyOf(notice) })),
  ];
}
