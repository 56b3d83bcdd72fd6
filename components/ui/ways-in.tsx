import { Button } from '@mantine/core';
import Link from 'next/link';

/** Where something to see comes from, on pages that have nothing to show yet. */
export function WaysIn() {
  return (
    <>
      <Button component={Link} href="/connectors?connect=yes" variant="filled" color="blue">
        Connect a system…
      </Button>
      <Button component={Link} href="/intake">
        Import a log
      </Button>
    </>
  );
}
