import type { Severity } from '@/lib/findings/model';
import type { NoticeFact } from '@/lib/notifications/model';
import { ocsfActions, ocsfOf } from '@/lib/notifications/ocsf/format';

/** RFC 5424 severities: alert, critical … notice. */
const LEVEL: Record<Severity, number> = { critical: 2, high: 3, medium: 4, low: 5 };
/** RFC 5424 facility 13: log audit. */
const FACILITY = 13;

/** PRINTUSASCII, as the header's fields want it; nothing: a hyphen. */
const field = (text: string, most: number): string => text.replace(/[^\x21-\x7e]/g, '_').slice(0, most) || '-';

const headerOf = (notice: NoticeFact, host: string): string =>
  `<${FACILITY * 8 + LEVEL[notice.severity]}>1 ${notice.at} ${field(host, 255)} braid - ${field(notice.event, 32)} [origin software="Braid"]`;

/** One RFC 5424 message. MSGID is the kind of event; `metadata.uid` within says to a collector that it has had it already. */
export const syslogOf = (notice: NoticeFact, base: string, host: string): string =>
  `${headerOf(notice, host)} ${JSON.stringify(ocsfOf(notice, base))}`;

/** All messages of a notice: what is told, and what was done. */
export const syslogsOf = (notice: NoticeFact, base: string, host: string): string[] => [
  ...(notice.event === 'audit.act' ? [] : [syslogOf(notice, base, host)]),
  ...ocsfActions(notice).map((event) => `${headerOf(notice, host)} ${JSON.stringify(event)}`),
];

/** RFC 6587 octet counting, which RFC 5425 asks for over TLS. */
export const framed = (message: string): string => `${Buffer.byteLength(message)} ${message}`;
