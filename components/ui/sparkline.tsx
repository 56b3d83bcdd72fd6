interface SparklineProps {
  /** Counts at even distances, oldest first. */
  values: number[];
  /** Drawn as a dashed line. */
  limit?: number | null;
  /** What it shows, for those who don't see it. */
  label: string;
  width?: number;
  height?: number;
  colour?: string;
}

/** A line of steps: no slope shows a value that never was. */
export function Sparkline({
  values,
  limit,
  label,
  width = 112,
  height = 22,
  colour = 'var(--b-blue)',
}: SparklineProps) {
  const top = Math.max(1, limit ?? 0, ...values);
  const y = (value: number) => Math.round((height - 2 - (value / top) * (height - 4)) * 10) / 10;
  const step = width / Math.max(1, values.length);
  const path = values.map(
    (value, i) => `${i === 0 ? 'M0' : 'V'}${i === 0 ? ` ${y(value)}` : y(value)}H${(i + 1) * step}`,
  );
  return (
    <svg width={width} height={height} role="img" aria-label={label}>
      {limit ? (
        <line
          x1={0}
          x2={width}
          y1={y(limit)}
          y2={y(limit)}
          stroke="var(--b-red)"
          strokeDasharray="3 3"
          strokeWidth={1}
        />
      ) : null}
      <path d={path.join('')} fill="none" stroke={colour} strokeWidth={1.5} />
    </svg>
  );
}
