import { handleAuth } from '@/lib/access/operator';

export { handleAuth as GET, handleAuth as POST };
