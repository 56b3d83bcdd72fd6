// A mutant that is noticed is enough: nobody reads the smallest example.
import fc from 'fast-check';

fc.configureGlobal({ endOnFailure: true });
