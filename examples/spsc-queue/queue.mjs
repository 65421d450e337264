import { check, scenario } from 'gfnring';
import { RingBuffer } from 'ringbuf.js';
import { onCells } from './sharedArrays.mjs';

/**
 * A producer and a consumer of a queue for two words. The first push wraps around. The second may
 * find the queue full. `Ring` is RingBuffer of ringbuf.js, or a variant of it.
 */
export const queue = (name, Ring = RingBuffer) =>
  scenario({
    name,
    cells: {
      written: { type: 'u32', initial: 2 },
      readUpTo: { type: 'u32', initial: 2 },
      storage: { type: 'u32', length: 3 },
    },
    actors: {
      producer: [push(Ring, 1, 2), push(Ring, 3, 4)],
      consumer: [pop(Ring, 1), pop(Ring, 2), pop(Ring, 2)],
    },
    sometimes: {
      'the queue is full': ({ results }) => results.producer[1] === 0,
      'all of the second push has room': ({ results }) => results.producer[1] === 2,
      'half of a push has room': ({ results }) => results.producer[1] === 1,
      'the queue is empty': ({ results }) => results.consumer[0] === 0,
      'all is taken': ({ results }) => results.consumer[2] === results.producer[0] + results.producer[1],
    },
    finally: {
      'what was pushed is taken or there': ({ read, cells, results }) => {
        const left = (read(cells.written) - read(cells.readUpTo) + 3) % 3;
        const [pushed, taken] = [results.producer[0] + results.producer[1], results.consumer[2]];
        return pushed === taken + left || `${pushed} pushed, ${taken} taken, ${left} left`;
      },
    },
  });

const bufferOf = ({ written, readUpTo, storage }) => [written, readUpTo, ...storage];

/** Returns the number of words that were pushed. */
const push = (Ring, ...words) => ({
  label: `push ${words}`,
  run: (mem, cells) =>
    onCells(mem, bufferOf(cells), (buffer) => new Ring(buffer, Uint32Array).push(Uint32Array.from(words))),
});

/** Words are numbered from 1, as they are pushed. Returns how many were taken so far. */
const pop = (Ring, most) => ({
  label: `pop ${most}`,
  run: (mem, cells, before) =>
    onCells(mem, bufferOf(cells), (buffer) => {
      const words = new Uint32Array(most);
      const taken = new Ring(buffer, Uint32Array).pop(words);
      const from = before ?? 0;
      for (let i = 0; i < taken; i++)
        check(words[i] === from + i + 1, 'words come out as they went in', `word ${from + i + 1} is ${words[i]}`);
      return from + taken;
    }),
});
