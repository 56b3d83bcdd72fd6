import { expect, test } from 'vitest';
import { z } from 'zod';
import { issueText } from '@/lib/http/issue-format';

const said = (schema: z.ZodType, value: unknown) => issueText(schema.safeParse(value).error!.issues[0]!);

test('what is wrong with a field is said in words of people, and in the schema’s own where it has some', () => {
  expect([
    said(z.string(), undefined),
    said(z.string().min(1), ''),
    said(z.string().max(63), 'x'.repeat(64)),
    said(z.coerce.number().int().max(65_535), '99999'),
    said(z.coerce.number().int(), 'abc'),
    said(z.coerce.number().int(), '1.5'),
    said(z.enum(['a', 'b']), 'c'),
    said(z.url(), 'nope'),
    said(z.uuid(), 'nope'),
    said(z.array(z.string()).min(2), ['a']),
    said(z.string().regex(/:/, 'is not host:port'), 'x'),
    said(z.string().min(1, 'is needed.'), ''),
  ]).toEqual([
    'is needed',
    'is needed',
    'has to have at most 63 characters',
    'has to be at most 65535',
    'has to be a number',
    'has to be a whole number',
    'has to be one of a, b',
    'has to be an address such as https://…',
    'is no id',
    'has to have at least 2 entries',
    'is not host:port',
    'is needed',
  ]);
});
