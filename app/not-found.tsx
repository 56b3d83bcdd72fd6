import Link from 'next/link';
import { Door } from '@/components/shell/door';

export default function NotFound() {
  return (
    <Door title="There is nothing here" sub="What this address named does not exist, or no longer does.">
      <Link href="/">To the overview</Link>
    </Door>
  );
}
