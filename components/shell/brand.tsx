/** Three strands that cross. */
export function BrandMark({ size = 22 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 24 24" fill="none" strokeWidth={2.4} strokeLinecap="round" aria-hidden>
      <path d="M3 5c7 0 11 14 18 14" stroke="var(--session-0)" />
      <path d="M3 19c7 0 11-14 18-14" stroke="#e09a3d" />
      <path d="M3 12h18" stroke="var(--session-2)" />
    </svg>
  );
}
