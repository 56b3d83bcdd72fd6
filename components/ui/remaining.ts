const pad = (n: number): string => String(n).padStart(2, '0');

/** "2 d 03:10:00", "1:05:09", "41:07", "0:09"; "over" once it is. */
export function remaining(ms: number): string {
  if (ms <= 0) return 'over';
  const all = Math.ceil(ms / 1_000);
  const [days, hours] = [Math.floor(all / 86_400), Math.floor((all % 86_400) / 3_600)];
  const [minutes, seconds] = [Math.floor((all % 3_600) / 60), pad(all % 60)];
  if (days) return `${days} d ${pad(hours)}:${pad(minutes)}:${seconds}`;
  return hours ? `${hours}:${pad(minutes)}:${seconds}` : `${minutes}:${seconds}`;
}
