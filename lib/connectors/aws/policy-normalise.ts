import { type Loose, objectOf, parsedOf, textOf } from '@/lib/sessions/loose-model';

/** Longest policy that is read, characters; IAM takes fewer. */
const DOCUMENT_MOST = 20_480;

const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : [value]);
const hasText = (value: unknown, pattern: RegExp): boolean =>
  listOf(value).some((one) => typeof one === 'string' && pattern.test(one));

/** As the console and CloudTrail write it: JSON, or JSON in percent-encoding. */
function documentOf(value: unknown): Loose {
  const text = textOf(value, DOCUMENT_MOST) ?? '';
  try {
    return parsedOf(text.startsWith('%') ? decodeURIComponent(text) : text);
  } catch {
    return {};
  }
}

/** A policy that allows everything, or everything of IAM, on everything and on no condition. */
export const isMaster = (document: unknown): boolean =>
  listOf(documentOf(document).Statement).some((each) => {
    const { Effect, Action, Resource, Condition } = objectOf(each);
    return (
      Effect === 'Allow' &&
      hasText(Action, /^(?:\*|\*:\*|iam:\*)$/i) &&
      hasText(Resource, /^\*$/) &&
      Object.keys(objectOf(Condition)).length === 0
    );
  });
