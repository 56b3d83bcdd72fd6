import { z } from 'zod';

export const LIMIT_MAX = 200;

/** The query every list takes. Extend it: `z.strictObject({ ...listQuery, state: z.enum(STATES).optional() })`. */
export const listQuery = {
  q: z.string().trim().max(200).optional(),
  cursor: z.string().max(500).optional(),
  limit: z.coerce.number().int().min(1).max(LIMIT_MAX).default(50),
};

export const listQuerySchema = z.strictObject(listQuery);
export type ListQuery = z.infer<typeof listQuerySchema>;

/** Typed text for a LIKE pattern: `%` and `_` mean themselves. Prisma's `contains` does not escape them. */
export const literally = (text: string): string => text.replace(/[\\%_]/g, '\\$&');

/** One page of a list; `nextCursor` null: there is no more. */
export interface Page<Row> {
  items: Row[];
  nextCursor: string | null;
}

export const pageSchema = <Row extends z.ZodType>(row: Row) =>
  z.strictObject({ items: z.array(row).max(LIMIT_MAX), nextCursor: z.string().max(500).nullable() });

/** RFC 9457 body of every error of the REST API. */
export const problemSchema = z.strictObject({
  type: z.string().max(200),
  title: z.string().max(1000),
  status: z.number().int(),
  code: z.string().max(64),
  requestId: z.string().max(64).optional(),
  errors: z
    .array(
      z.strictObject({ path: z.string().max(500), message: z.string().max(1000), code: z.string().max(64).optional() }),
    )
    .max(1000)
    .optional(),
});

/** What a server action answers when it could not do what was asked. */
export interface ActionError {
  code: string;
  message: string;
  /** What is wrong with single fields, by their names. */
  errors?: { path: string; message: string }[];
}

export interface ActionResult<Output> {
  data?: Output;
  error?: ActionError;
}
