import { hash } from 'node:crypto';

let lastMs = -1;
let lastText = '';

/**
 * An event's id: a UUID (v8, RFC 9562) made of its time (48 bits, ms) and of SHA-256 over source, the vendor's event id and
 * time. The same fact read again has the same id, and ids of one log lie side by side, so that storing them costs the same
 * however many are stored already.
 */
export function eventIdOf(source: string, eventId: string, ms: number): string {
  const hex = hash('sha256', `${source}\u0000${eventId}\u0000${ms}`, 'hex');
  if (ms !== lastMs) {
    lastMs = ms;
    const time = ms.toString(16).padStart(12, '0');
    lastText = `${time.slice(0, 8)}-${time.slice(8)}-8`;
  }
  const variant = ((Number.parseInt(hex[4]!, 16) & 3) | 8).toString(16);
  return `${lastText}${hex.slice(1, 4)}-${variant}${hex.slice(5, 8)}-${hex.slice(8, 20)}`;
}
