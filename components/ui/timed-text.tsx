import { Fragment } from 'react';
import { When } from '@/components/ui/when';

const TIME = /(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z)/;

/** A text in which times stand as ISO 8601 in UTC: each is drawn as every other time is. */
export function TimedText({ text }: { text: string }) {
  let at = 0;
  return text.split(TIME).map((part) => {
    const key = at;
    at += part.length;
    return TIME.test(part) ? <When key={key} at={part} show="absolute" /> : <Fragment key={key}>{part}</Fragment>;
  });
}
