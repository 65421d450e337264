import { compareVerdict } from '#dist/litmus/report.js';
import { equal } from '../selfCheck.ts';

/** A test of the kernel's is read and decided as published. */
export function litmusReader(): void {
  const test = (fences: readonly [string, string], condition: string): string => `C SB

{}

P0(int *x, int *y)
{
	int r0;

	WRITE_ONCE(*x, 1);
	${fences[0]}
	r0 = READ_ONCE(*y);
}

P1(int *x, int *y)
{
	int r0;

	WRITE_ONCE(*y, 1);
	${fences[1]}
	r0 = READ_ONCE(*x);
}

${condition}
`;
  const both = ['smp_mb();', 'smp_mb();'] as const;
  const zeros = '0:r0=0 /\\ 1:r0=0';
  for (const [what, text, model, known] of [
    ['SB', test(['', ''], `exists (${zeros})`), 'weak', 'Sometimes'],
    ['SB', test(['', ''], `exists (${zeros})`), 'sc', 'Never'],
    ['SB+mbs', test(both, `exists (${zeros})`), 'weak', 'Never'],
    ['SB+mb+wmb', test(['smp_mb();', 'smp_wmb();'], `exists (${zeros})`), 'weak', 'Sometimes'],
    ['not both', test(both, `exists (~(${zeros}))`), 'weak', 'Always'],
    ['one or the other', test(both, 'exists (0:r0=1 \\/ 1:r0=1)'), 'weak', 'Always'],
    ['what is left', test(['', ''], 'exists (x=1 /\\ y=1)'), 'weak', 'Always'],
    ['of some states', test(['', ''], 'filter (0:r0=0)\nexists (1:r0=1)'), 'sc', 'Always'],
  ] as const)
    equal(`${what} under ${model}`, compareVerdict(text, model, 10).verdict, known);
}
