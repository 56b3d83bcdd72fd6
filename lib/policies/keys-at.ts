import { z } from 'zod';

/** The keys a schema knows at a path. */
export function keysAt(schema: z.ZodType, path: readonly PropertyKey[]): string[] {
  let present: z.ZodType[] = [schema];
  for (const step of path) present = present.flatMap(inner).flatMap((one) => stepInto(one, step));
  return [
    ...new Set(present.flatMap(inner).flatMap((one) => (one instanceof z.ZodObject ? Object.keys(one.shape) : []))),
  ];
}

/** What stands behind an optional, a default or a choice. */
function inner(schema: z.ZodType): z.ZodType[] {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodNullable)
    return inner(schema.unwrap() as z.ZodType);
  if (schema instanceof z.ZodUnion) return (schema.options as z.ZodType[]).flatMap(inner);
  return [schema];
}

function stepInto(schema: z.ZodType, step: PropertyKey): z.ZodType[] {
  if (schema instanceof z.ZodObject) return schema.shape[String(step)] ? [schema.shape[String(step)] as z.ZodType] : [];
  if (schema instanceof z.ZodArray) return [schema.element as z.ZodType];
  if (schema instanceof z.ZodRecord) return [schema.valueType as z.ZodType];
  return [];
}
