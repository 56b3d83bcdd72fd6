import { type Loose, listOf, objectOf, parsedOf, textOf } from '@/lib/sessions/loose-model';

/** A member by its name, or by its name in lower case: some exporters lower the names of the outer levels. */
export const member = (of: Loose, name: string): unknown => of[name] ?? of[name.toLowerCase()];

/** A text that says something; Okta writes "unknown" and "null" where it has nothing. */
export function said(value: unknown, most: number): string | null {
  const text = textOf(value, most);
  return text === null || /^(?:unknown|null|none)$/i.test(text) ? null : text;
}

/** The event itself, out of what streams put around it: EventBridge `detail`, Splunk `event`, or a text. null: no Okta event. */
export function unwrap(record: unknown): Loose | null {
  const outer = parsedOf(record);
  for (const event of [outer, parsedOf(outer.detail), parsedOf(outer.event), parsedOf(outer.message)]) {
    if (textOf(member(event, 'eventType'), 200) && event.published !== undefined && event.actor !== undefined)
      return event;
  }
  return null;
}

export interface Target {
  id: string;
  type: string;
  name: string | null;
  detail: Loose;
}

/** What the event acted on; those without an id are left out. */
export function targetsOf(event: Loose): Target[] {
  const targets: Target[] = [];
  for (const target of listOf(event.target, 32)) {
    const each = objectOf(target);
    const id = said(each.id, 400);
    if (!id) continue;
    targets.push({
      id,
      type: textOf(each.type, 100) ?? '',
      name: said(member(each, 'alternateId'), 300) ?? said(member(each, 'displayName'), 300),
      detail: objectOf(member(each, 'detailEntry')),
    });
  }
  return targets;
}

export const debugOf = (event: Loose): Loose => objectOf(member(objectOf(member(event, 'debugContext')), 'debugData'));

/** SUCCESS and ALLOW went through; CHALLENGE is a question, and no failure. */
export const failed = (event: Loose): boolean =>
  /^(?:FAILURE|DENY|UNANSWERED|RATE_LIMIT|SKIPPED|ABANDONED)$/i.test(textOf(objectOf(event.outcome).result, 40) ?? '');
