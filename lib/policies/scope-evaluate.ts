import { type Expression, type Facts, Failed, type Meter } from '@/lib/policies/compiled-model';

/** A value that can be a key: text, a number or a truth; at most 512 characters. */
export function textOf(part: Expression, facts: Facts): string {
  const value = part.run(facts);
  if (value === '' || value === null || value === undefined)
    throw new Failed('attribute_missing', `${part.source} is empty`);
  if (!['string', 'number', 'bigint', 'boolean'].includes(typeof value))
    throw new Failed('evaluation_error', `${part.source} is no text or number`);
  const text = String(value);
  if (text.length > 512) throw new Failed('evaluation_error', `${part.source} is longer than 512 characters`);
  return text;
}

/** The key a meter counts under, for these facts. */
export function scopeKey(meter: Meter, facts: Facts): string {
  const parts = meter.per.map((part) => textOf(part, facts));
  const key = parts.length === 1 ? parts[0]! : JSON.stringify(parts);
  if (key.length > 512) throw new Failed('evaluation_error', `${meter.scope} is longer than 512 characters`);
  return key;
}
