import type { Seen } from '@/bench/detect/feed';
import type { Scenario } from '@/bench/detect/scenarios';

export interface DetectorTally {
  detector: string;
  wanted: number;
  found: number;
  /** Found no later than a minute after the wrong was complete. */
  inTime: number;
  /** Findings where none was to be. */
  false: number;
}

export interface Tally {
  scenarios: number;
  benign: number;
  detectors: DetectorTally[];
  missed: string[];
  falseOnes: string[];
}

const WITHIN_MS = 60_000;

/** Of each detector: what it should have found and did, and what it should not have. */
export function tallyOf(scenarios: readonly Scenario[], found: readonly Seen[]): Tally {
  const of = new Map<string, DetectorTally>();
  const entry = (detector: string): DetectorTally => {
    const known = of.get(detector) ?? { detector, wanted: 0, found: 0, inTime: 0, false: 0 };
    of.set(detector, known);
    return known;
  };
  const missed: string[] = [];
  scenarios.forEach(({ name, expects, wrongAt }, index) => {
    for (const detector of expects) {
      const tally = entry(detector);
      tally.wanted += 1;
      const hit = found.find((one) => one.scenario === index && one.detector === detector);
      if (hit) tally.found += 1;
      else missed.push(`${detector}: ${name}`);
      if (hit && wrongAt !== undefined && hit.raisedAt - wrongAt <= WITHIN_MS) tally.inTime += 1;
    }
  });
  const falseOnes: string[] = [];
  for (const one of found) {
    const scenario = scenarios[one.scenario];
    if (scenario?.expects.includes(one.detector as never) || scenario?.also?.includes(one.detector as never)) continue;
    entry(one.detector).false += 1;
    falseOnes.push(`${one.detector} ${one.severity}: ${scenario?.name ?? 'no scenario'}: ${one.summary}`);
  }
  return {
    scenarios: scenarios.length,
    benign: scenarios.filter(({ expects }) => expects.length === 0).length,
    detectors: [...of.values()].sort((a, b) => (a.detector < b.detector ? -1 : 1)),
    missed,
    falseOnes,
  };
}

const say = (line: string) => process.stdout.write(`${line}\n`);
const percent = (part: number, whole: number): string => (whole === 0 ? '–' : `${((100 * part) / whole).toFixed(1)} %`);

/** Prints the tally. Returns how much of it is wrong. */
export function printTally(
  { scenarios, benign, detectors, missed, falseOnes }: Tally,
  { events, seconds }: { events: number; seconds: number },
): number {
  say(`${scenarios} scenarios, ${benign} of them with nothing wrong; ${events} events, ${seconds.toFixed(0)} s`);
  say(
    `${'detector'.padEnd(24)}${'wanted'.padStart(8)}${'recall'.padStart(10)}${'in time'.padStart(10)}${'false'.padStart(8)}${'precision'.padStart(12)}`,
  );
  for (const one of detectors)
    say(
      `${one.detector.padEnd(24)}${String(one.wanted).padStart(8)}${percent(one.found, one.wanted).padStart(10)}${percent(one.inTime, one.wanted).padStart(10)}${String(one.false).padStart(8)}${percent(one.found, one.found + one.false).padStart(12)}`,
    );
  const sum = (by: (one: DetectorTally) => number) => detectors.reduce((total, one) => total + by(one), 0);
  const [wanted, found, wrong] = [sum((one) => one.wanted), sum((one) => one.found), sum((one) => one.false)];
  say(
    `${'all'.padEnd(24)}${String(wanted).padStart(8)}${percent(found, wanted).padStart(10)}${percent(
      sum((one) => one.inTime),
      wanted,
    ).padStart(10)}${String(wrong).padStart(8)}${percent(found, found + wrong).padStart(12)}`,
  );
  for (const line of missed) say(`  missed  ${line}`);
  for (const line of falseOnes) say(`  false   ${line}`);
  return missed.length + falseOnes.length;
}

/** Prints what of the rule vectors was found, with what was missed or false. It decides nothing: misses are published. */
export function printVectors({ scenarios, detectors, missed, falseOnes }: Tally): void {
  const wanted = detectors.reduce((total, one) => total + one.wanted, 0);
  const found = detectors.reduce((total, one) => total + one.found, 0);
  say(
    `rule vectors: ${scenarios}, recall ${percent(found, wanted)} (${found} of ${wanted}), precision ${percent(found, found + falseOnes.length)} (${falseOnes.length} false)`,
  );
  for (const line of missed) say(`  missed  ${line}`);
  for (const line of falseOnes) say(`  false   ${line}`);
}
