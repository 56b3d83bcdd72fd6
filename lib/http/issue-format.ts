import type { z } from 'zod';

type Issue = Pick<z.core.$ZodIssue, 'code' | 'message' | 'path'> & Record<string, unknown>;

const KINDS: Record<string, string> = {
  number: 'has to be a number',
  int: 'has to be a whole number',
  boolean: 'has to be yes or no',
};

const bound = (issue: Issue, most: boolean): string => {
  const size = String(most ? issue.maximum : issue.minimum);
  if (issue.origin === 'string') {
    if (!most && size === '1') return 'is needed';
    return `has to have ${most ? 'at most' : 'at least'} ${size} characters`;
  }
  if (issue.origin === 'array') return `has to have ${most ? 'at most' : 'at least'} ${size} entries`;
  return `has to be ${most ? 'at most' : 'at least'} ${size}`;
};

/** The schema library's own words; a schema that was given words of its own keeps them. */
const USUAL = /^(Invalid|Too (big|small)|Unrecognized)/;

/** What is wrong with a typed value, as the end of a sentence about its field: "is needed", "has to be at most 65535". */
export function issueText(raw: z.core.$ZodIssue): string {
  const issue = raw as unknown as Issue;
  if (!USUAL.test(issue.message)) return issue.message.replace(/[.:\s]+$/, '');
  if (issue.code === 'invalid_type')
    return /received undefined$/.test(issue.message)
      ? 'is needed'
      : (KINDS[String(issue.expected)] ?? 'is not of the right kind');
  if (issue.code === 'too_big' || issue.code === 'too_small') return bound(issue, issue.code === 'too_big');
  if (issue.code === 'invalid_value' && Array.isArray(issue.values))
    return `has to be one of ${issue.values.map(String).join(', ')}`;
  if (issue.code === 'invalid_format' && issue.format === 'url') return 'has to be an address such as https://…';
  if (issue.code === 'invalid_format' && (issue.format === 'uuid' || issue.format === 'guid')) return 'is no id';
  if (issue.code === 'invalid_format' && issue.format === 'email') return 'has to be an e-mail address';
  if (issue.code === 'unrecognized_keys') return 'is not known here';
  return 'is not valid';
}
