// A mutant that is noticed is enough: nobody reads the smallest example. And what is noticed today is noticed tomorrow.
import fc from 'fast-check';

fc.configureGlobal({ endOnFailure: true, seed: 20261122 });
