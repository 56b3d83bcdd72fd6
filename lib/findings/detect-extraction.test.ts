import { expect, test } from 'vitest';
import { detect } from '@/lib/findings/detect';
import { learn } from '@/lib/findings/learn-state';
import { type Given, learned, pictureOf, START } from '@/lib/findings/testing-model';

const HOUR = 3_600_000;
const none: string[] = [];
const found = (given: Given) => detect(pictureOf(given)).map(({ detector, severity }) => `${detector} ${severity}`);

test('extraction by volume, once three days told how much is usual', () => {
  const known = { mostReads: 50, bytes: { most: 40e6, days: 3, lastDay: 5 } };
  const few = { reads: 1, bytes: 400e6 };
  expect(found({ envelope: known, hours: [few] })).toEqual(['extraction medium']);
  expect(found({ envelope: known, hours: [{ ...few, bytes: 399e6 }] })).toEqual(none);
  expect(found({ envelope: { ...known, bytes: { ...known.bytes, most: 1e6 } }, hours: [{ bytes: 99e6 }] })).toEqual(
    none,
  );
  expect(found({ envelope: { ...known, bytes: { ...known.bytes, days: 2 } }, hours: [few] })).toEqual(none);
  expect(found({ envelope: { mostReads: 50 }, hours: [few] })).toEqual(none);
  const [one] = detect(pictureOf({ envelope: known, hours: [few] }));
  expect(one!.summary).toContain('400.0 MB of data within an hour; the most learned in 5 days is 40.0 MB.');
});
test('how much is usual is learned day by day, never from what was found', () => {
  const hours = [0, 1, 25, 49].map((hour) => ({ at: START - 49 * HOUR + hour * HOUR, bytes: 5e6 + hour }));
  const picture = { ...pictureOf({ hours }), from: hours[0]!.at, to: START + HOUR };
  const after = learn(learned(), picture, []);
  expect(after.bytes).toMatchObject({ most: 5e6 + 49, days: 3 });
  const much = { ...pictureOf({ hours: [{ at: START + HOUR, bytes: 9e9 }] }), to: START + 2 * HOUR, envelope: after };
  expect(learn(after, much, detect(much)).bytes).toEqual(after.bytes);
  expect(learn(after, much, []).bytes?.most).toBe(9e9);
});
