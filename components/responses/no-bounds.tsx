import { Alert, Anchor, Button, Group, Text } from '@mantine/core';
import Link from 'next/link';
import type { SuggestedBounds } from '@/lib/responses/model';

interface NoBoundsProps {
  suggested: SuggestedBounds;
  /** Operators who may agree to what another one asks. */
  mayAgree: number;
  /** Puts what is suggested into the form; null: who looks may not set it. */
  take: (() => void) | null;
}

/** That nothing needs a second operator, what to begin with, and who is missing for it. */
export function NoBounds({ suggested, mayAgree, take }: NoBoundsProps) {
  const { identities, sessions } = suggested;
  return (
    <Alert mt="md" color="yellow" variant="outline" title="One operator alone can end everything there is">
      <Text size="sm">
        No bound is set beyond which two have to agree. To begin with: more than{' '}
        <b>{identities.toLocaleString('en')} identities</b> (a tenth of those that are active, three at least) or{' '}
        <b>{sessions.toLocaleString('en')} live sessions</b> (twice as many as any one identity has now), so that
        whoever is on duty still ends any single identity alone.
      </Text>
      <Group mt="xs" gap="sm">
        {take && mayAgree > 1 ? (
          <Button size="compact-sm" onClick={take}>
            Fill these in
          </Button>
        ) : null}
        {mayAgree > 1 ? null : (
          <Text size="sm">
            It takes somebody who may agree:{' '}
            <Anchor component={Link} href="/settings/operators" size="sm">
              add another responder or administrator
            </Anchor>{' '}
            first.
          </Text>
        )}
      </Group>
    </Alert>
  );
}
