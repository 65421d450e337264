import type { Memory } from '../memory/memory.ts';
import type { Operation, Program } from './program.ts';

/** The same program, whose operations use another memory around theirs. */
export function wrapMemory(program: Program, around: (mem: Memory) => Memory): Program {
  const actors = program.actors.map((actor) => {
    const memoryOf = lastKept(around);
    const wrapped = ({ run, ...operation }: Operation): Operation =>
      run.length > 1
        ? { ...operation, run: (mem, before) => run(memoryOf(mem), before) }
        : { ...operation, run: (mem) => run(memoryOf(mem)) };
    return { ...actor, operations: actor.operations.map(wrapped) };
  });
  return { ...program, actors };
}

/** The last memory is kept, because the operations of an actor have the same one. */
function lastKept(around: (mem: Memory) => Memory): (mem: Memory) => Memory {
  let last: Memory | undefined;
  let wrapped: Memory | undefined;
  return (mem) => {
    if (wrapped === undefined || last !== mem) {
      wrapped = around(mem);
      last = mem;
    }
    return wrapped;
  };
}
