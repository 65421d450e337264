import { check, sharedScenario } from 'gfnring/shared';
import { RingBuffer } from 'ringbuf.js';

/**
 * A producer and a consumer of a queue for two words. The first push wraps around. The second may
 * find the queue full. `Ring` is RingBuffer of ringbuf.js, or a variant of it.
 */
export const queue = (name, Ring = RingBuffer) =>
  sharedScenario({
    name,
    races: true,
    setup() {
      const sab = RingBuffer.getStorageForCapacity(2, Uint32Array);
      // The queue is empty, and its next word is the last one of the storage.
      new Uint32Array(sab).set([2, 2]);
      return { sab };
    },
    actors: {
      producer: [push(Ring, 1, 2), push(Ring, 3, 4)],
      consumer: [pop(Ring, 1), pop(Ring, 2), pop(Ring, 2)],
    },
    sometimes: {
      'the queue is full': (_, { producer }) => producer[1] === 0,
      'all of the second push has room': (_, { producer }) => producer[1] === 2,
      'half of a push has room': (_, { producer }) => producer[1] === 1,
      'the queue is empty': (_, { consumer }) => consumer[0] === 0,
      'all is taken': (_, { producer, consumer }) => consumer[2] === producer[0] + producer[1],
    },
    finally: {
      'what was pushed is taken or there': ({ sab }, { producer, consumer }) => {
        const left = new Ring(sab, Uint32Array).available_read();
        const [pushed, taken] = [producer[0] + producer[1], consumer[2]];
        return pushed === taken + left || `${pushed} pushed, ${taken} taken, ${left} left`;
      },
    },
  });

/** Returns the number of words that were pushed. */
const push = (Ring, ...words) => ({
  label: `push ${words}`,
  run: ({ sab }) => new Ring(sab, Uint32Array).push(Uint32Array.from(words)),
});

/** Words are numbered from 1, as they are pushed. Returns how many were taken so far. */
const pop = (Ring, most) => ({
  label: `pop ${most}`,
  run: ({ sab }, before) => {
    const words = new Uint32Array(most);
    const taken = new Ring(sab, Uint32Array).pop(words);
    const from = before ?? 0;
    for (let i = 0; i < taken; i++)
      check(words[i] === from + i + 1, 'words come out as they went in', `word ${from + i + 1} is ${words[i]}`);
    return from + taken;
  },
});
