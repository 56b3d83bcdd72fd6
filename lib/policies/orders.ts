/**
 * Every way to interleave lanes, each lane in its own order: lists of lane names. Beyond `most` a sample is taken: the lanes
 * one after another, all in turn, and others by a fixed sequence, so that a run can be repeated. Pure.
 */
export function orders(lanes: Record<string, number>, most: number): string[][] {
  const names = Object.keys(lanes);
  const all: string[][] = [];
  const walk = (left: Record<string, number>, so: string[]): void => {
    if (all.length > most) return;
    const open = names.filter((name) => left[name]! > 0);
    if (!open.length) all.push(so);
    for (const name of open) walk({ ...left, [name]: left[name]! - 1 }, [...so, name]);
  };
  walk(lanes, []);
  return all.length <= most ? all : sample(lanes, most);
}

function sample(lanes: Record<string, number>, most: number): string[][] {
  const whole = Object.entries(lanes).flatMap(([name, count]) => Array.from({ length: count }, () => name));
  const turns: string[] = [];
  for (let round = 0; turns.length < whole.length; round++)
    for (const [name, count] of Object.entries(lanes)) if (round < count) turns.push(name);
  const found = new Map([whole, [...whole].reverse(), turns].map((order) => [order.join(), order]));
  // A linear congruential sequence (Numerical Recipes): not chance, only variety.
  let state = 1;
  const next = (below: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state % below;
  };
  for (let tries = 0; found.size < most && tries < most * 4; tries++) {
    const order = [...whole];
    for (let i = order.length - 1; i > 0; i--) {
      const j = next(i + 1);
      [order[i], order[j]] = [order[j]!, order[i]!];
    }
    found.set(order.join(), order);
  }
  return [...found.values()];
}
