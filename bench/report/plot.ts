// Bar charts as SVG text, drawn with nothing: readable in light and dark, numbers beside the bars.

export interface Bar {
  label: string;
  value: number;
  /** What stands beside it. */
  text: string;
  strong?: boolean;
}

export interface Group {
  title: string;
  bars: Bar[];
}

const WIDTH = 860;
const LABEL = 240;
const ROW = 24;
const GAP = 34;

const plain = (text: string): string =>
  text.replace(/[&<>]/g, (found) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[found]!);

/** One row of bars per group, all on one scale that starts at zero. */
export function bars(title: string, groups: Group[]): string {
  const most = Math.max(...groups.flatMap((group) => group.bars.map((bar) => bar.value)));
  const scale = (WIDTH - LABEL - 190) / most;
  const parts: string[] = [];
  let y = 52;
  for (const group of groups) {
    parts.push(`<text class="group" x="16" y="${y}">${plain(group.title)}</text>`);
    y += 10;
    for (const bar of group.bars) {
      const width = Math.max(1, bar.value * scale);
      parts.push(
        `<text class="label" x="${LABEL - 10}" y="${y + 16}" text-anchor="end">${plain(bar.label)}</text>`,
        `<rect class="${bar.strong ? 'strong' : 'bar'}" x="${LABEL}" y="${y + 4}" width="${width.toFixed(1)}" height="${ROW - 8}" rx="2"/>`,
        `<text class="value" x="${(LABEL + width + 8).toFixed(1)}" y="${y + 16}">${plain(bar.text)}</text>`,
      );
      y += ROW;
    }
    y += GAP;
  }
  const style = `text{font:13px Inter,system-ui,sans-serif;fill:#1f2933}.title{font-size:16px;font-weight:600}.group{font-weight:600}.value{font-variant-numeric:tabular-nums}.bar{fill:#8a97a6}.strong{fill:#0b6e8f}@media (prefers-color-scheme:dark){text{fill:#e6e9ec}.bg{fill:#14181d}.bar{fill:#6b7885}.strong{fill:#4db5d6}}`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${y - 10}" role="img" aria-label="${plain(title)}"><style>.bg{fill:#fff}${style}</style><rect class="bg" width="100%" height="100%"/><text class="title" x="16" y="26">${plain(title)}</text>${parts.join('')}</svg>\n`;
}
