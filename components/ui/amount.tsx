import classes from '@/components/ui/ui.module.css';

/** "118 400" or "94.50": grouped by thin spaces, fraction only where there is one. `minor` is an integer as text. */
export function formatAmount(minor: string, scale = 0): string {
  const negative = minor.startsWith('-');
  const digits = (negative ? minor.slice(1) : minor).padStart(scale + 1, '0');
  const whole = digits.slice(0, digits.length - scale).replaceAll(/\B(?=(\d{3})+$)/g, '\u202f');
  const fraction = scale > 0 ? digits.slice(-scale) : '';
  return `${negative ? '−' : ''}${whole}${/[1-9]/.test(fraction) ? `.${fraction}` : ''}`;
}

interface AmountProps {
  /** Minor units as a decimal string; null shows a dash. */
  minor: string | null;
  scale?: number;
  unit?: string | null;
}

export function Amount({ minor, scale = 0, unit }: AmountProps) {
  if (minor === null) return <span className={classes.number}>–</span>;
  return (
    <span className={classes.number}>
      {formatAmount(minor, scale)}
      {unit ? ` ${unit}` : ''}
    </span>
  );
}
