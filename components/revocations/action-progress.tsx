import { Progress as Bar, Text } from '@mantine/core';
import { plural } from '@/lib/exposures/format';
import type { Progress } from '@/lib/revocations/bulk-model';

interface ActionProgressProps {
  progress: Pick<Progress, 'total' | 'settled' | 'verified'>;
  note?: string;
}

/** How far one action over many has come: in words, and as a bar. */
export function ActionProgress({ progress, note = '' }: ActionProgressProps) {
  const { total, settled, verified } = progress;
  return (
    <>
      <Text size="sm" role="status">
        {settled} of {total} {plural(total, 'revocation has', 'revocations have')} come as far as they go; {verified}{' '}
        verified.{note}
      </Text>
      <Bar value={total ? (100 * settled) / total : 0} aria-label="Come to rest" mt={6} />
    </>
  );
}
