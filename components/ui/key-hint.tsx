import classes from '@/components/ui/ui.module.css';

/** A key to press: `<KeyHint keys="⌘K" />`. */
export function KeyHint({ keys }: { keys: string }) {
  return <kbd className={classes.key}>{keys}</kbd>;
}
