import { type Loose, objectOf, parsedOf, textOf, wordOf } from '@/lib/sessions/loose-model';

/** The audit event itself: as the API, an export and streams to S3, GCS, Event Hubs and Splunk write it. null: it is none. */
export function unwrap(record: unknown): Loose | null {
  const outer = parsedOf(record);
  for (const event of [outer, parsedOf(outer.event), parsedOf(outer.body), parsedOf(outer.message)]) {
    const action = textOf(event.action, 200);
    if (action && /^[a-z0-9_]+\.[a-z0-9_.]+$/i.test(action) && (event['@timestamp'] ?? event.created_at) !== undefined)
      return event;
  }
  return null;
}

/** A member, or the same inside `data`, where exports put what is not common to all events. */
export const member = (event: Loose, name: string): unknown => event[name] ?? objectOf(event.data)[name];

/** A number or text that says something: GitHub writes 0 where it has no id. */
export function idOf(event: Loose, name: string): string | null {
  const word = wordOf(member(event, name), 100);
  return word === null || word === '0' ? null : word;
}

export const isTrue = (event: Loose, name: string): boolean =>
  member(event, name) === true || member(event, name) === 'true';
