import { type Loose, listOf, objectOf, parsedOf, textOf } from '@/lib/sessions/loose-model';

/** A text that says something; the log writes "", an id of zeros and "<null>" where it has nothing. */
export function said(value: unknown, most: number): string | null {
  const text = textOf(value, most)?.trim();
  return !text || /^(?:[0-]+|none|null|<null>|unknown|not available)$/i.test(text) ? null : text;
}

const isAudit = (record: Loose): boolean => textOf(record.Operation, 200) !== null && record.CreationTime !== undefined;

/**
 * The audit record itself: as the Management Activity API gives it, inside `AuditData` (a text in exports of the audit
 * search, an object in Graph's audit queries), or a row of the CSV export. `header`: that export's first row. null: none.
 */
export function unwrap(record: unknown): Loose | 'header' | null {
  if (Array.isArray(record)) {
    if (record.includes('AuditData')) return 'header';
    const cell = record.find((field) => typeof field === 'string' && /^\s*\{/.test(field));
    const audit = parsedOf(cell);
    return isAudit(audit) ? audit : null;
  }
  const outer = parsedOf(record);
  for (const audit of [
    outer,
    parsedOf(outer.AuditData),
    parsedOf(outer.auditData),
    parsedOf(outer.event),
    parsedOf(outer.message),
  ]) {
    if (isAudit(audit)) return audit;
  }
  return null;
}

/** A value out of a list of `{Name, Value}`. */
export function named(list: unknown, name: string): string | null {
  for (const one of listOf(list, 64)) {
    const pair = objectOf(one);
    if (pair.Name === name) return said(pair.Value, 4096);
  }
  return null;
}

/** Ids of an `Actor` or `Target` list; `ServicePrincipal_<uuid>` says what the uuid is of. */
export function partiesOf(list: unknown): { id: string; type: string; name: string | null } | null {
  let found: { id: string; type: string } | null = null;
  let name: string | null = null;
  for (const one of listOf(list, 32)) {
    const id = said(objectOf(one).ID, 400);
    if (!id) continue;
    const typed = /^(ServicePrincipal|User|Application|Group|Device)_([0-9a-f-]{36})$/i.exec(id);
    if (typed) found ??= { id: typed[2]!.toLowerCase(), type: typed[1]! };
    else if (!/^(?:[0-9a-f-]{32,36}|ServicePrincipal|User|Application|Group|Device|[0-9A-F]{16})$/i.test(id))
      name ??= id;
  }
  return found && { ...found, name };
}
