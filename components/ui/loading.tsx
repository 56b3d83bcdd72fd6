import { Skeleton, Stack } from '@mantine/core';
import classes from '@/components/ui/ui.module.css';

/** Grey lines in the shape of what comes. `rows` of a list, by default eight. */
export function Loading({ rows = 8 }: { rows?: number }) {
  return (
    <Stack gap={10} p="md" role="status" aria-label="Loading">
      {Array.from({ length: rows }, (_, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the rows are all alike
        <Skeleton key={row} height={16} width={`${90 - ((row * 17) % 35)}%`} />
      ))}
    </Stack>
  );
}

/** A whole page while it loads: for `loading.tsx`. */
export function LoadingPage() {
  return (
    <>
      <Skeleton height={26} width="55%" mb="lg" />
      <div className={classes.panel}>
        <Loading rows={10} />
      </div>
    </>
  );
}
